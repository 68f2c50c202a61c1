/**
 * Log-linear histogram of non-negative numbers, with a bounded relative error and exact merging.
 *
 * The bucket of a value is the top of its IEEE-754 bits: the exponent (the octave) and the first mantissa bits
 * (the linear part within it). That needs no logarithm, no range to guess, and takes values of any unit. Same
 * idea as HdrHistogram (Tene) and DDSketch (Masson et al., VLDB 2019); a bucket index is a shift instead of a
 * computation. One page of counts is kept per octave seen, so a small histogram costs a few kilobytes.
 */
import { DataError } from '../core/index.ts'
import { ExactSum, type ExactSumJson } from './exact-sum.ts'

const VALUE = new Float64Array(1)
const WORDS = new Uint32Array(VALUE.buffer)
/** Where the sign, the exponent and the first 20 mantissa bits are: little-endian machines have them last. */
const HIGH_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0
const EXPONENT_SHIFT = 20
/** Finite doubles have octaves 0 to 2046. */
const OCTAVES = 2047

/** A histogram as plain JSON. `min` and `max` are null when it is empty. */
export interface HistogramJson {
  readonly mantissaBits: number
  readonly count: number
  readonly sum: ExactSumJson
  readonly min: number | null
  readonly max: number | null
  /** Pairs, flat: distance of the bucket index from that of the pair before (from 0 at first), and its count. */
  readonly buckets: readonly number[]
}

export class Histogram {
  readonly mantissaBits: number
  readonly #shift: number
  readonly #slotMask: number
  /** Counts per octave, from `#firstOctave` on; an octave without values has no page. */
  #pages: (Uint32Array | undefined)[] = []
  #firstOctave = 0
  #count = 0
  readonly #sum = new ExactSum()
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY

  /**
   * @param mantissaBits 1 to 16; a quantile is wrong by at most 2^-(mantissaBits + 1) of its value: 0.1 % with 9.
   *   A page takes 4 * 2^mantissaBits bytes.
   */
  constructor(mantissaBits = 9) {
    if (!Number.isInteger(mantissaBits) || mantissaBits < 1 || mantissaBits > 16) {
      throw new RangeError(`histogram: mantissaBits must be an integer from 1 to 16, got ${mantissaBits}`)
    }
    this.mantissaBits = mantissaBits
    this.#shift = EXPONENT_SHIFT - mantissaBits
    this.#slotMask = (1 << mantissaBits) - 1
  }

  /**
   * Counts a value.
   *
   * @throws RangeError for NaN, infinities and negative numbers: a measurement that went wrong must not be counted
   */
  record(value: number): void {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`histogram: expected a finite number, 0 or above, got ${value}`)
    }
    VALUE[0] = value + 0 // turns -0, whose sign bit is set, into 0
    const bits = WORDS[HIGH_WORD]!
    this.#page(bits >>> EXPONENT_SHIFT)[(bits >>> this.#shift) & this.#slotMask]!++
    this.#count++
    this.#sum.add(value)
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
  }

  /**
   * Adds all values of the other: every quantile is then as if all had been recorded here.
   *
   * @throws RangeError if the resolutions differ
   */
  merge(other: Histogram): void {
    if (other.mantissaBits !== this.mantissaBits) {
      throw new RangeError(
        `histogram: cannot merge ${other.mantissaBits} mantissa bits into ${this.mantissaBits}: use one resolution`,
      )
    }
    for (let i = 0; i < other.#pages.length; i++) {
      const theirs = other.#pages[i]
      if (theirs === undefined) continue
      const ours = this.#page(other.#firstOctave + i)
      for (let slot = 0; slot < theirs.length; slot++) ours[slot]! += theirs[slot]!
    }
    this.#count += other.#count
    this.#sum.merge(other.#sum)
    if (other.#min < this.#min) this.#min = other.#min
    if (other.#max > this.#max) this.#max = other.#max
  }

  get count(): number {
    return this.#count
  }

  /** Sum of the values themselves, not of their buckets; the same in whatever order they came. */
  get sum(): number {
    return this.#sum.value
  }

  /** Mean of the values themselves; NaN when empty. */
  get mean(): number {
    return this.#count === 0 ? Number.NaN : this.#sum.value / this.#count
  }

  /** Smallest value, exact; NaN when empty. */
  get min(): number {
    return this.#count === 0 ? Number.NaN : this.#min
  }

  /** Largest value, exact; NaN when empty. */
  get max(): number {
    return this.#count === 0 ? Number.NaN : this.#max
  }

  /**
   * The value at rank ceil(q * count) of the sorted values: the middle of its bucket, never outside [min, max].
   *
   * @param q 0 to 1
   * @returns NaN when empty
   */
  quantile(q: number): number {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`histogram: a quantile is between 0 and 1, got ${q}`)
    if (this.#count === 0) return Number.NaN
    const rank = Math.ceil(q * this.#count)
    if (rank <= 1) return this.#min
    if (rank >= this.#count) return this.#max
    let seen = 0
    for (const [bucket, count] of this.#filledBuckets()) {
      seen += count
      if (seen >= rank) return Math.min(this.#max, Math.max(this.#min, this.#middle(bucket)))
    }
    throw new Error('histogram: the counts of the buckets do not add up to the count of values')
  }

  /**
   * How many values are up to each of the bounds. Values just above a bound that share its bucket count as up to it.
   *
   * @param bounds finite, 0 or above, ascending
   */
  countsUpTo(bounds: readonly number[]): number[] {
    const counts: number[] = []
    let seen = 0
    let from = this.#firstOctave << this.mantissaBits
    for (const bound of bounds) {
      VALUE[0] = bound
      const to = (WORDS[HIGH_WORD]! >>> this.#shift) + 1
      for (let bucket = from; bucket < to; bucket++) {
        const page = this.#pages[(bucket >>> this.mantissaBits) - this.#firstOctave]
        if (page === undefined) bucket |= this.#slotMask
        else seen += page[bucket & this.#slotMask]!
      }
      from = Math.max(from, to)
      counts.push(seen)
    }
    return counts
  }

  toJSON(): HistogramJson {
    const buckets: number[] = []
    let before = 0
    for (const [bucket, count] of this.#filledBuckets()) {
      buckets.push(bucket - before, count)
      before = bucket
    }
    return {
      mantissaBits: this.mantissaBits,
      count: this.#count,
      sum: this.#sum.toJSON(),
      min: this.#count === 0 ? null : this.#min,
      max: this.#count === 0 ? null : this.#max,
      buckets,
    }
  }

  /** @throws DataError if the JSON is not that of a histogram */
  static fromJSON(json: HistogramJson): Histogram {
    const histogram = new Histogram(json.mantissaBits)
    let bucket = 0
    let total = 0
    for (let i = 0; i < json.buckets.length; i += 2) {
      bucket += json.buckets[i]!
      const count = json.buckets[i + 1]!
      const octave = bucket >>> json.mantissaBits
      const valid = Number.isInteger(bucket) && bucket >= 0 && octave < OCTAVES
      if (!(valid && Number.isInteger(count) && count > 0)) {
        throw new DataError(
          `histogram: buckets[${i}]: expected a distance and a count above 0; write the file anew`,
        )
      }
      histogram.#page(octave)[bucket & histogram.#slotMask]! += count
      total += count
    }
    if (total !== json.count) {
      throw new DataError(
        `histogram: count is ${json.count} but its buckets hold ${total}; write the file anew`,
      )
    }
    histogram.#count = json.count
    histogram.#sum.merge(ExactSum.fromJSON(json.sum))
    histogram.#min = json.min ?? Number.POSITIVE_INFINITY
    histogram.#max = json.max ?? Number.NEGATIVE_INFINITY
    return histogram
  }

  #page(octave: number): Uint32Array {
    return this.#pages[octave - this.#firstOctave] ?? this.#addPage(octave)
  }

  #addPage(octave: number): Uint32Array {
    if (this.#pages.length === 0) this.#firstOctave = octave
    if (octave < this.#firstOctave) {
      this.#pages = [...new Array<undefined>(this.#firstOctave - octave), ...this.#pages]
      this.#firstOctave = octave
    }
    while (this.#pages.length <= octave - this.#firstOctave) this.#pages.push(undefined)
    const page = new Uint32Array(1 << this.mantissaBits)
    this.#pages[octave - this.#firstOctave] = page
    return page
  }

  /** Bucket index and count, in ascending order. */
  *#filledBuckets(): Generator<readonly [bucket: number, count: number]> {
    for (let i = 0; i < this.#pages.length; i++) {
      const page = this.#pages[i]
      if (page === undefined) continue
      const base = (this.#firstOctave + i) << this.mantissaBits
      for (let slot = 0; slot < page.length; slot++) {
        if (page[slot]! > 0) yield [base + slot, page[slot]!]
      }
    }
  }

  /** Halfway between the bounds of a bucket; 0 for the bucket of 0, which it shares with the tiniest numbers. */
  #middle(bucket: number): number {
    if (bucket === 0) return 0
    WORDS[1 - HIGH_WORD] = 0
    WORDS[HIGH_WORD] = bucket << this.#shift
    const low = VALUE[0]!
    WORDS[HIGH_WORD] = (bucket + 1) << this.#shift
    const high = VALUE[0]!
    return Number.isFinite(high) ? low + (high - low) / 2 : low
  }
}
