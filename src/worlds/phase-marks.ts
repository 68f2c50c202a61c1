/** The times at which a phase without levels begins or ends; of those with levels, the levels say it. */
import { hasIterations, isOpen, type Phase } from '../scenario/index.ts'

export interface PhaseMark {
  readonly atMs: number
  readonly phase: number
  /** A phase of iterations begins; else a phase ends. */
  readonly begins: boolean
}

export class PhaseMarks {
  /** The next one last. At one time, phases end before others begin. */
  readonly #marks: PhaseMark[]
  readonly #isDone: (phase: number) => boolean

  /** @param isDone whether nobody waits for the end of a phase any more */
  constructor(phases: readonly Phase[], isDone: (phase: number) => boolean) {
    this.#isDone = isDone
    this.#marks = phases
      .flatMap(({ executor, startMs, durationMs }, phase) => {
        const end = { atMs: startMs + durationMs, phase, begins: false }
        if (hasIterations(executor)) return [{ atMs: startMs, phase, begins: true }, end]
        return isOpen(executor) ? [end] : []
      })
      .sort((a, b) => b.atMs - a.atMs || Number(a.begins) - Number(b.begins))
  }

  /** Infinity if there is none; ends that nobody waits for are passed over. */
  nextAtMs(): number {
    for (let mark = this.#marks.at(-1); mark !== undefined; mark = this.#marks.at(-1)) {
      if (mark.begins || !this.#isDone(mark.phase)) return mark.atMs
      this.#marks.pop()
    }
    return Number.POSITIVE_INFINITY
  }

  /** There must be one. */
  take(): PhaseMark {
    return this.#marks.pop()!
  }
}
