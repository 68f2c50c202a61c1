/**
 * The decisions for one service as episodes, in the order in which they were made.
 *
 * Lines are written when a decision is complete, which is nearly but not quite in that order: so many wait until those
 * before them have come. An episode ends where the next decision is missing, and after 1,000 steps, since a shop's
 * stream of requests never ends by itself.
 */
import type { ExperienceRecord } from '../record.ts'

const WAITING = 2048
const MOST_STEPS = 1000

export class ServiceEpisodes {
  /** Records that came too late to be put in their place. */
  late = 0
  readonly #waiting: ExperienceRecord[] = []
  #episode: ExperienceRecord[] = []
  #lastDecision = -1
  readonly #onEpisode: (steps: readonly ExperienceRecord[]) => void

  constructor(onEpisode: (steps: readonly ExperienceRecord[]) => void) {
    this.#onEpisode = onEpisode
  }

  add(record: ExperienceRecord): void {
    if (record.decision <= this.#lastDecision) {
      this.late++
      return
    }
    this.#waiting.push(record)
    if (this.#waiting.length >= 2 * WAITING) this.#release(WAITING)
  }

  close(): void {
    this.#release(0)
    this.#end()
  }

  #release(left: number): void {
    this.#waiting.sort((a, b) => a.decision - b.decision)
    for (const record of this.#waiting.splice(0, this.#waiting.length - left)) this.#append(record)
  }

  #append(record: ExperienceRecord): void {
    const last = this.#episode.at(-1)
    const follows = last !== undefined && Math.abs(last.t + last.next!.dtMs - record.t) < 0.002
    if (!follows || this.#episode.length >= MOST_STEPS) this.#end()
    this.#episode.push(record)
    this.#lastDecision = record.decision
  }

  #end(): void {
    if (this.#episode.length > 0) this.#onEpisode(this.#episode)
    this.#episode = []
  }
}
