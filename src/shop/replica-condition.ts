/**
 * The condition of one replica: what all faults of this moment together make of it.
 *
 * Speeds multiply, delays add up, shares of verdicts stand side by side, and the lowest queue limit holds. What
 * becomes of a request is drawn by its key, so that the same request meets the same fault whichever policy sends it.
 */
import { keyedUniform, keyOf, mixKeys } from '../core/index.ts'
import type { Delay, Effect, Verdict } from './fault-kind.ts'
import { SELF_INFLICTED } from './host.ts'
import type { Replica } from './replica.ts'

const VERDICT_DRAWS = keyOf('fault-verdict')
const DELAY_DRAWS = keyOf('fault-delay')
const DOWN: Verdict = { kind: 'fail', failure: 'connect', afterMs: 0 }

/** Who asks a replica whether it is well, and gets no answer. */
export const UNREACHABLE = {
  healthy: false,
  cpu: Number.NaN,
  memory: Number.NaN,
  queueDepth: Number.NaN,
} as const

export class ReplicaCondition {
  readonly #replica: Replica
  readonly #usualQueueLimit: number
  readonly #effects = new Map<number, Effect>()
  #verdicts: readonly NonNullable<Effect['verdict']>[] = []
  #delays: readonly Delay[] = []
  #down = false

  constructor(replica: Replica) {
    this.#replica = replica
    this.#usualQueueLimit = replica.queueLimit
  }

  /** Nobody reaches it, not even a health check. */
  get down(): boolean {
    return this.#down
  }

  /**
   * From now on, the given fault has this effect, or none. Fetch the jobs that are done before.
   *
   * @returns the jobs that are lost because the replica goes down
   */
  change(fault: number, effect: Effect | undefined, nowMs: number): number[] {
    if (effect === undefined) this.#effects.delete(fault)
    else this.#effects.set(fault, effect)
    // What it has done to itself does not outlive a crash.
    if (effect?.down === true) this.#effects.delete(SELF_INFLICTED)
    const effects = [...this.#effects.values()]
    const wasDown = this.#down
    this.#down = effects.some(({ down }) => down === true)
    this.#verdicts = effects.flatMap(({ verdict }) => (verdict === undefined ? [] : [verdict]))
    this.#delays = effects.flatMap(({ delay }) => (delay === undefined ? [] : [delay]))
    const replica = this.#replica
    replica.healthy = effects.every(({ healthy }) => healthy !== false)
    replica.leakedMemory = Math.min(
      1,
      sumOf(effects, ({ leakedMemory }) => leakedMemory ?? 0),
    )
    replica.setQueueLimit(
      Math.min(this.#usualQueueLimit, ...effects.map(({ queueLimit }) => queueLimit ?? Infinity)),
    )
    replica.setSpeedFactor(
      effects.reduce((product, { speed }) => product * (speed ?? 1), 1),
      nowMs,
    )
    return this.#down && !wasDown ? replica.drop(nowMs) : []
  }

  /** What becomes of a request instead of being worked on; undefined: nothing. */
  verdictOf(key: number): Verdict | undefined {
    if (this.#down) return DOWN
    if (this.#verdicts.length === 0) return undefined
    let draw = keyedUniform(mixKeys(key, VERDICT_DRAWS), 0)
    for (const { share, of } of this.#verdicts) {
      if (draw < share) return of
      draw -= share
    }
    return undefined
  }

  /** How much later its answer comes, having spent `spentMs` at the replica. */
  delayMs(key: number, spentMs: number): number {
    if (this.#delays.length === 0) return 0
    const draws = mixKeys(key, DELAY_DRAWS)
    let totalMs = 0
    for (const [i, { latencyMs, jitterMs, factor, rate }] of this.#delays.entries()) {
      if (keyedUniform(draws, 2 * i) >= rate) continue
      const jitter = jitterMs * (2 * keyedUniform(draws, 2 * i + 1) - 1)
      totalMs += Math.max(0, latencyMs + jitter) + (factor - 1) * spentMs
    }
    return totalMs
  }
}

function sumOf(effects: readonly Effect[], value: (effect: Effect) => number): number {
  return effects.reduce((sum, effect) => sum + value(effect), 0)
}
