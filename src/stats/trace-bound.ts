/**
 * The mean response time that no balancer can beat on a given trace, whatever it knows.
 *
 * All workers together do no more than one server of their added speed that always works on the job with the least
 * left, which is the best that one server can do (Schrage 1968); and no job is done sooner than alone on the fastest
 * worker. Both hold path by path, so the bound is computed from the very jobs of a run, not from their distribution.
 * (Grosof, Scully & Harchol-Balter, SRPT for multiserver systems, 2018, for where it is tight.)
 */

/** Jobs in the order of arrival. Leave out those that were never worked on, such as refused ones. */
export interface JobTrace {
  /** Shape [jobs], ascending. */
  readonly arrivedAtMs: Float64Array
  /** Shape [jobs]: time that each takes at speed 1. */
  readonly workMs: Float64Array
}

/**
 * Lower bound of the mean response time, in ms; NaN where there are no jobs.
 *
 * @param speeds one entry per worker (or core), the highest that it ever had
 * @throws RangeError if the lengths differ, the arrivals are not in order or no speed is above 0
 */
export function traceBoundMs(trace: JobTrace, speeds: readonly number[]): number {
  const { arrivedAtMs, workMs } = trace
  const fastest = Math.max(...speeds)
  if (!(fastest > 0)) throw new RangeError('trace bound: expected a speed above 0')
  if (arrivedAtMs.length !== workMs.length) {
    throw new RangeError(
      `trace bound: expected as many jobs as arrivals, got ${workMs.length} and ${arrivedAtMs.length}`,
    )
  }
  let work = 0
  for (const ms of workMs) work += ms
  const aloneMs = work / workMs.length / fastest
  const together = speeds.reduce((sum, speed) => sum + speed, 0)
  return Math.max(shortestRemainingMeanMs(trace, together), aloneMs)
}

/** Mean response time of one server of this speed that always works on the job with the shortest remaining time. */
function shortestRemainingMeanMs({ arrivedAtMs, workMs }: JobTrace, speed: number): number {
  const left = new LeastFirst(16)
  let spentMs = 0
  let nowMs = 0
  for (let job = 0; job < workMs.length; job++) {
    const arrivesAtMs = arrivedAtMs[job]!
    if (arrivesAtMs < nowMs)
      throw new RangeError(`trace bound: job ${job} came before the one in front of it`)
    // `spentMs` is the integral of the jobs in the system (Little), so no job needs to be told from another.
    while (left.size > 0 && nowMs < arrivesAtMs) {
      const untilMs = Math.min(arrivesAtMs, nowMs + left.first / speed)
      spentMs += left.size * (untilMs - nowMs)
      if (untilMs === arrivesAtMs) left.lowerFirst((untilMs - nowMs) * speed)
      else left.removeFirst()
      nowMs = untilMs
    }
    nowMs = arrivesAtMs
    left.add(workMs[job]!)
  }
  while (left.size > 0) {
    spentMs += (left.size * left.first) / speed
    left.removeFirst()
  }
  return spentMs / workMs.length
}

/** Numbers of which the least is at hand: a binary heap. */
class LeastFirst {
  #values: Float64Array
  size = 0

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity)
  }

  get first(): number {
    return this.#values[0]!
  }

  /** Lowers the least: it stays the least. */
  lowerFirst(by: number): void {
    this.#values[0] = Math.max(0, this.#values[0]! - by)
  }

  add(value: number): void {
    if (this.size === this.#values.length) {
      const values = new Float64Array(2 * this.size)
      values.set(this.#values)
      this.#values = values
    }
    const values = this.#values
    let at = this.size++
    for (let parent = (at - 1) >> 1; at > 0 && values[parent]! > value; parent = (at - 1) >> 1) {
      values[at] = values[parent]!
      at = parent
    }
    values[at] = value
  }

  removeFirst(): void {
    const values = this.#values
    const size = --this.size
    const last = values[size]!
    let at = 0
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && values[child + 1]! < values[child]!) child++
      if (values[child]! >= last) break
      values[at] = values[child]!
      at = child
    }
    values[at] = last
  }
}
