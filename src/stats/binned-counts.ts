/**
 * How evenly events are spread over time: counts in bins of equal length, and their index of dispersion.
 *
 * Memory is bounded. Bins are kept by windows of a hundred; when there are too many windows, only every second, fourth,
 * ... is kept: which ones depends on their numbers alone. So those of several processes are of the same windows, and
 * add up bin by bin: the dispersion of a sum cannot be had from the dispersions of its parts.
 */
import { DataError } from '../core/index.ts'
import type { Mergeable } from './mergeable.ts'

const BINS_PER_WINDOW = 100
/** 100 kB. The index of as many bins of a Poisson process is within 2 % of 1, nineteen times in twenty. */
const MOST_WINDOWS = 256
/** With fewer bins than this a window is left out: it is at an end of all that was counted. */
const FEWEST_BINS = 10

export interface BinnedCountsJson {
  readonly binMs: number
  /** Windows are kept whose number is a multiple of this. */
  readonly stride: number
  /** Numbers of the first and last bin with an event, kept or not; null without events. */
  readonly first: number | null
  readonly last: number | null
  /** Number of a window, and its counts; so many zeros in a row are a negative number. */
  readonly windows: readonly (readonly [window: number, counts: readonly number[]])[]
}

export class BinnedCounts implements Mergeable<BinnedCountsJson> {
  readonly binMs: number
  readonly #windows = new Map<number, Uint32Array>()
  #stride = 1
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY
  // Events come mostly in the window of the one before.
  #latest = Number.NaN
  #latestCounts: Uint32Array | undefined

  constructor(binMs: number) {
    this.binMs = binMs
  }

  /** Counts an event. */
  add(atMs: number): void {
    const bin = Math.floor(atMs / this.binMs)
    if (bin < this.#first) this.#first = bin
    if (bin > this.#last) this.#last = bin
    const window = Math.floor(bin / BINS_PER_WINDOW)
    if (window !== this.#latest) {
      this.#latest = window
      this.#latestCounts = this.#countsOf(window)
    }
    if (this.#latestCounts !== undefined) this.#latestCounts[bin - window * BINS_PER_WINDOW]!++
  }

  /**
   * Index of dispersion: variance of the counts over their mean, within windows, so that a rate that changes slowly
   * does not count. 0: perfectly even; 1: a Poisson process; n: like bursts of n (Cox & Lewis 1966).
   *
   * @returns NaN with too few events to tell
   */
  get dispersion(): number {
    let squares = 0
    let weights = 0
    // The first and the last bin are filled in part.
    const from = this.#first + 1
    const to = this.#last
    for (const [window, counts] of this.#windows) {
      const base = window * BINS_PER_WINDOW
      const inside = counts.subarray(Math.max(0, from - base), Math.max(0, to - base))
      if (inside.length < FEWEST_BINS) continue
      const mean = inside.reduce((sum, count) => sum + count, 0) / inside.length
      for (const count of inside) squares += (count - mean) ** 2
      weights += mean * (inside.length - 1)
    }
    return squares / weights
  }

  merge(other: BinnedCounts): void {
    if (other.binMs !== this.binMs) {
      throw new RangeError(`bins: cannot merge bins of ${other.binMs} ms into bins of ${this.binMs} ms`)
    }
    this.#first = Math.min(this.#first, other.#first)
    this.#last = Math.max(this.#last, other.#last)
    this.#keepEvery(Math.max(this.#stride, other.#stride))
    for (const [window, counts] of other.#windows) {
      const own = this.#countsOf(window)
      if (own !== undefined) for (let i = 0; i < counts.length; i++) own[i]! += counts[i]!
    }
  }

  toJSON(): BinnedCountsJson {
    const windows = [...this.#windows].sort(([a], [b]) => a - b)
    return {
      binMs: this.binMs,
      stride: this.#stride,
      first: Number.isFinite(this.#first) ? this.#first : null,
      last: Number.isFinite(this.#last) ? this.#last : null,
      windows: windows.map(([window, counts]) => [window, packed(counts)]),
    }
  }

  /** @throws DataError if the JSON is not what `toJSON` writes */
  static fromJSON({ binMs, stride, first, last, windows }: BinnedCountsJson): BinnedCounts {
    const bins = new BinnedCounts(binMs)
    bins.#keepEvery(stride)
    for (const [window, counts] of windows) bins.#windows.set(window, unpacked(counts))
    bins.#first = first ?? Number.POSITIVE_INFINITY
    bins.#last = last ?? Number.NEGATIVE_INFINITY
    return bins
  }

  /** Undefined for a window that is not kept. */
  #countsOf(window: number): Uint32Array | undefined {
    if (window % this.#stride !== 0) return undefined
    const known = this.#windows.get(window)
    if (known !== undefined) return known
    this.#windows.set(window, new Uint32Array(BINS_PER_WINDOW))
    while (this.#windows.size > MOST_WINDOWS) this.#keepEvery(2 * this.#stride)
    return this.#windows.get(window)
  }

  #keepEvery(stride: number): void {
    this.#stride = stride
    for (const window of this.#windows.keys()) if (window % stride !== 0) this.#windows.delete(window)
    this.#latest = Number.NaN
  }
}

function packed(counts: Uint32Array): number[] {
  const all: number[] = []
  for (const count of counts) {
    if (count > 0) all.push(count)
    else if (all.length > 0 && all.at(-1)! < 0) all[all.length - 1]!--
    else all.push(-1)
  }
  return all
}

function unpacked(all: readonly number[]): Uint32Array {
  const counts = all.flatMap((count) => (count < 0 ? new Array<number>(-count).fill(0) : [count]))
  if (counts.length === BINS_PER_WINDOW && counts.every(Number.isInteger)) return Uint32Array.from(counts)
  throw new DataError(
    `bins: a window has ${counts.length} counts instead of ${BINS_PER_WINDOW}; write the file anew`,
  )
}
