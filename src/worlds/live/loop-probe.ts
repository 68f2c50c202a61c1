/**
 * Looks every 20 ms how late the event loop is, and at the end how much CPU the process has taken.
 *
 * A look that is late hides those that should have been meanwhile. They are put in (a look of 20 ms ago would have been
 * 20 ms less late), so that a quantile is of any moment of the run, not of the looks that took place.
 */
import { readFileSync } from 'node:fs'
import type { Fidelity } from './fidelity.ts'

const LOOK_MS = 20
/** A suspended machine would have slept through more looks than there is time to put in. */
const MOST_MISSED_LOOKS = 10_000

export class LoopProbe {
  readonly #fidelity: Fidelity
  readonly #look: () => void
  readonly #cpuAtStart = process.cpuUsage()
  readonly #waitAtStartMs = coreWaitMs()
  readonly #startMs = performance.now()
  readonly #timer: NodeJS.Timeout
  #expectedMs = this.#startMs + LOOK_MS

  /** @param look is called at every look, for what is to be done often and on no exact time */
  constructor(fidelity: Fidelity, look: () => void) {
    this.#fidelity = fidelity
    this.#look = look
    this.#timer = setInterval(() => this.#onLook(), LOOK_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
    const { user, system } = process.cpuUsage(this.#cpuAtStart)
    const waitMs = this.#waitAtStartMs === null ? null : coreWaitMs()! - this.#waitAtStartMs
    const wallMs = performance.now() - this.#startMs
    this.#fidelity.onProcess({ cpuMs: (user + system) / 1000, waitMs, wallMs })
  }

  #onLook(): void {
    const nowMs = performance.now()
    recordDelay(this.#fidelity.loopDelay, nowMs - this.#expectedMs)
    this.#expectedMs = nowMs + LOOK_MS
    this.#look()
  }
}

/** How long this thread has waited for a core since it began: Linux tells, elsewhere it is null. */
function coreWaitMs(): number | null {
  try {
    // Nanoseconds on a core, nanoseconds in the queue for one, turns.
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[1]) / 1e6
  } catch {
    return null
  }
}

/** Records a look that was late by so much, and those that it has hidden. */
export function recordDelay(delays: { record(delayMs: number): void }, lateMs: number): void {
  const missed = Math.min(MOST_MISSED_LOOKS, Math.max(0, Math.floor(lateMs / LOOK_MS)))
  for (let i = 0; i <= missed; i++) delays.record(Math.max(0, lateMs - i * LOOK_MS))
}
