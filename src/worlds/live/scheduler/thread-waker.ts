/**
 * Wakes by a helper thread that sleeps until the alarm. Measured against a timer: a seventh of the lag for one and a
 * half times the CPU, at 2,000 alarms a second (`docs/measurement.md`).
 */
import { Worker } from 'node:worker_threads'
import { alarmAt, CLOSED, IDLE, MOST_AHEAD_MS, machineMicroseconds } from './alarm-cell.ts'
import { TimerWaker } from './timer-waker.ts'
import type { Waker } from './waker.ts'

// The compiled file, also when this one runs from its source: a worker thread knows no TypeScript.
const THREAD = new URL('../../../../dist/worlds/live/scheduler/alarm-worker.js', import.meta.url)
const READINGS = 8
/** A thread takes 45 ms of CPU to start: whoever is done by then has no use for one. */
const STARTS_AFTER_MS = 100
/** It has next to nothing to remember. */
const MEMORY = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16, stackSizeMb: 1 }

export class ThreadWaker implements Waker {
  readonly #now: () => number
  readonly #wake: () => void
  readonly #cell = new Int32Array(new SharedArrayBuffer(4))
  readonly #starting: NodeJS.Timeout
  #worker: Worker | undefined
  /** What the machine's clock said when the run began. */
  readonly #originMicroseconds: number
  /** Until the thread has started, and if it cannot. */
  readonly #timer: TimerWaker
  #ready = false
  #atMs = Number.POSITIVE_INFINITY
  #trouble: string | null = null

  /** @param thread the program of the helper thread */
  constructor(now: () => number, wake: () => void, thread = THREAD) {
    this.#now = now
    this.#wake = wake
    this.#timer = new TimerWaker(now, wake)
    this.#originMicroseconds = originOf(now)
    this.#starting = setTimeout(() => this.#start(thread), STARTS_AFTER_MS).unref()
  }

  get trouble(): string | null {
    return this.#trouble
  }

  set(atMs: number): void {
    this.#atMs = atMs
    if (!this.#ready) return this.#timer.set(atMs)
    const inReach = Math.min(atMs, this.#now() + MOST_AHEAD_MS)
    const alarm =
      atMs === Number.POSITIVE_INFINITY ? IDLE : alarmAt(this.#originMicroseconds + inReach * 1000)
    if (Atomics.exchange(this.#cell, 0, alarm) !== alarm) Atomics.notify(this.#cell, 0)
  }

  close(): void {
    this.#atMs = Number.POSITIVE_INFINITY
    this.#timer.close()
    clearTimeout(this.#starting)
    this.#worker?.removeAllListeners('message')
    Atomics.store(this.#cell, 0, CLOSED)
    Atomics.notify(this.#cell, 0)
  }

  #start(thread: URL): void {
    this.#worker = new Worker(thread, { workerData: this.#cell, execArgv: [], resourceLimits: MEMORY })
    this.#worker.on('message', (what: 'ready' | 'due') => this.#hear(what))
    this.#worker.on('error', (error) => this.#giveUp(error))
    // A run that is over must not be kept alive by whoever waits for more. Last, as a listener holds on to it again.
    this.#worker.unref()
  }

  #hear(what: 'ready' | 'due'): void {
    if (what === 'due') return this.#wake()
    this.#ready = true
    this.#timer.close()
    this.set(this.#atMs)
  }

  #giveUp(error: Error): void {
    this.#ready = false
    this.#trouble = `starts are timed to a millisecond only: the helper thread failed: ${error.message}`
    this.#timer.set(this.#atMs)
  }
}

/**
 * What the machine's clock said when that of the run began. Read a few times: between two clocks that are read for the
 * first time, a millisecond can pass. Each reading says too late rather than too early.
 */
function originOf(now: () => number): number {
  let origin = Number.POSITIVE_INFINITY
  for (let i = 0; i < READINGS; i++) {
    const runMicroseconds = now() * 1000
    origin = Math.min(origin, machineMicroseconds() - runMicroseconds)
  }
  return origin
}
