/** How many users are there, in all and in each phase; the observer is told of those that are the segment's own. */
import type { RunObserver } from './run-observer.ts'
import type { Visitor } from './visitor.ts'

export class Headcount {
  readonly #observer: RunObserver
  readonly #ownPerPhase: number[]
  #all = 0
  #own = 0
  #isTold = true

  constructor(phases: number, observer: RunObserver) {
    this.#observer = observer
    this.#ownPerPhase = new Array<number>(phases).fill(0)
  }

  /** Of all segments that are carried out here. */
  get all(): number {
    return this.#all
  }

  enter(visitor: Visitor): void {
    this.#all++
    if (visitor.owned) this.#count(visitor.phase, 1)
  }

  depart(visitor: Visitor): void {
    this.#all--
    if (visitor.owned) this.#count(visitor.phase, -1)
  }

  move({ owned, phase }: Visitor, to: number): void {
    if (!owned) return
    this.#count(phase, -1)
    this.#count(to, 1)
  }

  /** Tells the observer, if anything has changed since the last time. */
  tell(nowMs: number): void {
    if (this.#isTold) return
    this.#isTold = true
    this.#observer.onUsers(nowMs, this.#own, this.#ownPerPhase)
  }

  #count(phase: number, change: number): void {
    this.#own += change
    this.#ownPerPhase[phase]! += change
    this.#isTold = false
  }
}
