/**
 * Deadlines of what is under way, looked at a few times per deadline: a timer for each would cost as much as routing it.
 * What is due ends up to a tenth of its time late.
 */

const LOOKS_PER_DEADLINE = 10
const SHORTEST_LOOK_MS = 10
const LONGEST_LOOK_MS = 250

export interface Patient {
  /** When it is due. */
  dueMs: number
  /** Where it stands among those that wait; -1 if it does not. */
  place: number
  onTimeout(): void
}

export class Patience {
  readonly delayMs: number
  readonly #now: () => number
  /** In no order. No `Set`: V8 chains its old tables, and with them all that ever stood in them, through the heap. */
  readonly #waiting: Patient[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(delayMs: number, now: () => number) {
    this.delayMs = delayMs
    this.#now = now
  }

  start(): void {
    const lookMs = Math.min(LONGEST_LOOK_MS, Math.max(SHORTEST_LOOK_MS, this.delayMs / LOOKS_PER_DEADLINE))
    this.#timer ??= setInterval(() => this.#look(), lookMs)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  add(patient: Patient, nowMs: number): void {
    patient.dueMs = nowMs + this.delayMs
    patient.place = this.#waiting.push(patient) - 1
  }

  /** Something has come: it has all its time again. */
  renew(patient: Patient): void {
    patient.dueMs = this.#now() + this.delayMs
  }

  delete(patient: Patient): void {
    const { place } = patient
    if (place === -1) return
    patient.place = -1
    const last = this.#waiting.pop()!
    if (last === patient) return
    this.#waiting[place] = last
    last.place = place
  }

  #look(): void {
    const nowMs = this.#now()
    for (const patient of this.#waiting.filter(({ dueMs }) => dueMs <= nowMs)) {
      // One that ends may end others.
      if (patient.place === -1) continue
      this.delete(patient)
      patient.onTimeout()
    }
  }
}
