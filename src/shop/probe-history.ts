/**
 * What a replica answers to Prequal's probes: the median latency of its recent requests that met about as many others
 * when they came as it has now (NSDI 2024, section 4). Latency is the replica's own: waiting and work.
 *
 * Numbers of requests are told apart one by one below 8, and by quarters of an octave above. Of each class the last
 * few latencies are kept for a while: what was long ago says nothing of a replica that has recovered since.
 */

const EXACT = 8
const PER_OCTAVE = 4
const CLASSES = 64
const KEPT = 16
const MOST_AGE_MS = 10_000

export class ProbeHistory {
  /** By job: how many were there when it came. */
  readonly #met = new Map<number, number>()
  // Per class a ring of latencies, and when they were measured.
  readonly #latencyMs = new Float64Array(CLASSES * KEPT)
  readonly #atMs = new Float64Array(CLASSES * KEPT).fill(Number.NEGATIVE_INFINITY)
  readonly #next = new Int32Array(CLASSES)
  readonly #sorted = new Float64Array(KEPT)

  onArrive(job: number, inFlight: number): void {
    this.#met.set(job, inFlight)
  }

  /** Jobs that came before the first probe are not counted. */
  onDone(job: number, latencyMs: number, nowMs: number): void {
    const met = this.#met.get(job)
    if (met === undefined) return
    this.#met.delete(job)
    const of = classOf(met)
    const at = of * KEPT + this.#next[of]!
    this.#latencyMs[at] = latencyMs
    this.#atMs[at] = nowMs
    this.#next[of] = (this.#next[of]! + 1) % KEPT
  }

  /** A crash: with the jobs goes what it remembers. */
  clear(): void {
    this.#met.clear()
    this.#atMs.fill(Number.NEGATIVE_INFINITY)
  }

  /** Median of the nearest class that has any, of two equally near ones the lower; NaN if none has. */
  medianMs(inFlight: number, nowMs: number): number {
    const middle = classOf(inFlight)
    for (let distance = 0; distance < CLASSES; distance++) {
      const lower = this.#medianOf(middle - distance, nowMs)
      if (!Number.isNaN(lower)) return lower
      const higher = this.#medianOf(middle + distance, nowMs)
      if (!Number.isNaN(higher)) return higher
    }
    return Number.NaN
  }

  /** The lower one, if there are two in the middle. */
  #medianOf(of: number, nowMs: number): number {
    if (of < 0 || of >= CLASSES) return Number.NaN
    const sorted = this.#sorted
    let count = 0
    for (let at = of * KEPT; at < (of + 1) * KEPT; at++) {
      if (nowMs - this.#atMs[at]! > MOST_AGE_MS) continue
      const latencyMs = this.#latencyMs[at]!
      let place = count++
      for (; place > 0 && sorted[place - 1]! > latencyMs; place--) sorted[place] = sorted[place - 1]!
      sorted[place] = latencyMs
    }
    return count === 0 ? Number.NaN : sorted[(count - 1) >> 1]!
  }
}

function classOf(inFlight: number): number {
  if (inFlight < EXACT) return inFlight
  return Math.min(CLASSES - 1, EXACT + Math.floor(PER_OCTAVE * Math.log2(inFlight / EXACT)))
}
