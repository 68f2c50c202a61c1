/** The starts of an open loop: of one phase, and of all of them in the order of time. */
import { keyOf, RandomStreams } from '../core/index.ts'
import { isOpen, type Phase } from '../scenario/index.ts'
import { executorKindOf } from './executors/index.ts'

/**
 * Start times of the sessions of one open phase in ms, in order and made one by one; none of a closed one. A function
 * of the phase, its number and the seed alone.
 */
export function* sessionStarts(phase: Phase, index: number, seed: number): Generator<number, undefined> {
  const { executor, startMs, durationMs } = phase
  if (!isOpen(executor)) return
  const streams = new RandomStreams(seed)
  const starts = executorKindOf(executor).starts(executor, {
    durationMs,
    stream: (name) => streams.stream(`${name}/${index}`),
    key: (name) => keyOf(`${seed}/${name}/${index}`),
  })
  for (let next = starts.next(); next.done !== true; next = starts.next()) yield startMs + next.value
}

/**
 * The starts of all phases, merged as they come: one is looked at ahead of each phase, and no list is made. Of equals,
 * the one of the first phase is first.
 */
export class MergedStarts {
  readonly #starts: readonly Iterator<number>[]
  /** By phase: when it starts a session next. */
  readonly #nextMs: Float64Array
  /** By phase: how many it has started. */
  readonly #taken: Float64Array
  #phase = -1

  constructor(phases: readonly Phase[], seed: number) {
    this.#starts = phases.map((phase, index) => sessionStarts(phase, index, seed))
    this.#nextMs = new Float64Array(phases.length)
    this.#taken = new Float64Array(phases.length)
    for (const phase of phases.keys()) this.#lookAhead(phase)
    this.#findNext()
  }

  /** When the next one is due; Infinity if there is none. */
  get nextAtMs(): number {
    return this.#phase === -1 ? Number.POSITIVE_INFINITY : this.#nextMs[this.#phase]!
  }

  /** Which phase it is of. */
  get phase(): number {
    return this.#phase
  }

  /** Its place among the starts of its phase, from 0. */
  get place(): number {
    return this.#taken[this.#phase]!
  }

  /** Goes on to the one after it. There must be one. */
  advance(): void {
    this.#taken[this.#phase]!++
    this.#lookAhead(this.#phase)
    this.#findNext()
  }

  #lookAhead(phase: number): void {
    const next = this.#starts[phase]!.next()
    this.#nextMs[phase] = next.done === true ? Number.POSITIVE_INFINITY : next.value
  }

  #findNext(): void {
    this.#phase = -1
    let nextMs = Number.POSITIVE_INFINITY
    for (let phase = 0; phase < this.#nextMs.length; phase++) {
      if (this.#nextMs[phase]! >= nextMs) continue
      nextMs = this.#nextMs[phase]!
      this.#phase = phase
    }
  }
}
