/** What stops a virtual run that would never end: time that stands still, calls that nobody answers, too many events. */

/** Fifty thousand users may well come at one instant; a million events of one instant are a circle. */
const MOST_AT_ONE_INSTANT = 1_000_000

export class EventBudget {
  readonly #most: number
  #spent = 0
  #atThisInstant = 0

  /** @param most events of the whole run */
  constructor(most: number) {
    this.#most = most
  }

  /**
   * Counts the event that is to come. Returns why the run must stop instead, or undefined.
   *
   * @param nextMs when it comes; Infinity if there is none
   */
  spend(nextMs: number, nowMs: number, callsUnderWay: number): string | undefined {
    if (nextMs > nowMs) this.#atThisInstant = 0
    this.#atThisInstant++
    this.#spent++
    if (this.#spent <= this.#most && this.#atThisInstant <= MOST_AT_ONE_INSTANT && nextMs < Infinity)
      return undefined
    return this.#complaint(nextMs, nowMs, callsUnderWay)
  }

  #complaint(nextMs: number, nowMs: number, callsUnderWay: number): string {
    const at = `at ${(nowMs / 1000).toFixed(3)} s of the run`
    if (nextMs === Infinity)
      return `deadlock ${at}: ${callsUnderWay} calls are open and nothing will ever answer them`
    if (this.#atThisInstant > MOST_AT_ONE_INSTANT) {
      return (
        `time stands still ${at}: ${MOST_AT_ONE_INSTANT} events happened at that instant; ` +
        'give users a think time, or calls a time on the way (shop.hopMs)'
      )
    }
    return (
      `the budget of ${this.#most} events was spent ${at}: raise maxEvents, or ask for less ` +
      '(retries without a budget multiply requests)'
    )
  }
}
