/**
 * The sessions of a phase that has a number of them, as places that its users take one after the other: a place is a
 * user with all of their sessions, or one session of those that all users share.
 *
 * Place k is of segment k mod n. Where more segments than users share sessions, those without a user have none.
 */
import type { IterationExecutor } from '../scenario/index.ts'
import { isOwn, type Segment, shareOf } from './segment.ts'

export class IterationBudget {
  /** Places in all, whoever takes them. */
  readonly places: number
  /** Sessions that one place comes to. */
  readonly sessionsEach: number
  /** Sessions of the segment. */
  readonly ownSessions: number
  readonly #segment: Segment
  /** Number of the first place in the plan of the run, once the phase has begun. */
  #firstNumber = Number.NaN
  /** Places that can be taken at the same time. */
  readonly #users: number
  readonly #step: number
  #next: number
  #underWay = 0

  /** @param takesAll the places of all segments are taken here, not only the segment's own */
  constructor({ kind, users, iterations }: IterationExecutor, segment: Segment, takesAll: boolean) {
    const isShared = kind === 'shared-iterations'
    this.places = isShared ? iterations : users
    this.sessionsEach = isShared ? 1 : iterations
    const count = isShared ? Math.min(segment.count, users) : segment.count
    this.#segment = { index: segment.index, count }
    this.ownSessions = this.sessionsEach * (segment.index < count ? shareOf(this.#segment, this.places) : 0)
    this.#users = takesAll ? users : shareOf(segment, users)
    this.#step = takesAll ? 1 : count
    this.#next = takesAll ? 0 : segment.index
    if (this.#users === 0) this.close()
  }

  get firstNumber(): number {
    return this.#firstNumber
  }

  /** From now on places can be taken. */
  begin(firstNumber: number): void {
    this.#firstNumber = firstNumber
  }

  /** Nobody has a place, and there is none left. */
  get isDone(): boolean {
    return this.#underWay === 0 && this.#next >= this.places
  }

  /** The next place that a free user can take; -1 if there is no such user, no place left, or it has not begun. */
  peek(): number {
    if (Number.isNaN(this.#firstNumber)) return -1
    return this.#underWay < this.#users && this.#next < this.places ? this.#next : -1
  }

  isOwn(place: number): boolean {
    return isOwn(this.#segment, place)
  }

  take(): void {
    this.#next += this.#step
    this.#underWay++
  }

  /** Whoever had a place is through with it. */
  release(): void {
    this.#underWay--
  }

  /** No place is taken any more. */
  close(): void {
    this.#next = Number.POSITIVE_INFINITY
  }
}
