/**
 * Recording in a thread of its own: the world writes numbers into batches, the thread makes lines of them.
 *
 * The lines are byte for byte those of an `ExperienceLog` in the world's own thread, which is what the thread has
 * inside; it takes half of the time out of a recorded run.
 */
import type { LoadgenError } from '../../core/index.ts'
import {
  BatchThread,
  type Decider,
  type DecisionLog,
  type ExperienceLogOptions,
  type Outcome,
} from '../../experience/index.ts'
import type { Observation } from '../../routing/index.ts'
import type { TracedOrigin } from '../trace-id.ts'
import { type DeciderDescription, describeDecider } from './decider-copy.ts'
import { eventSize, writeClose, writeDecision, writeOutcome, writeState } from './log-events.ts'
import { openRecording, type RecordingResults, type RecordingStart } from './open-recording.ts'
import type { Backlog } from './run-virtual.ts'

// The compiled file, also when this one runs from its source: a worker thread knows no TypeScript.
const WORKER = new URL('../../../dist/worlds/virtual/recording-worker.js', import.meta.url)
const BATCH_NUMBERS = 64 * 1024

export class RecordingThread implements DecisionLog<number>, Backlog {
  readonly #thread: BatchThread<DeciderDescription, RecordingResults>
  readonly #services: number
  readonly #instances: number
  /** Those that have decided, and their numbers; and by service the last one, which is mostly the next one too. */
  readonly #deciders = new Map<Decider, number>()
  readonly #lastDeciders: (Decider | undefined)[] = []
  readonly #lastNumbers: number[] = []
  /** Most numbers of one event. */
  #room: number
  #decisions = 0

  /** @param file where the lines go; it is made anew */
  constructor(file: string, names: ExperienceLogOptions) {
    const counts = names.services.map((service) => names.instances[service]!.length)
    this.#services = counts.length
    this.#instances = Math.max(...counts)
    this.#room = eventSize(this.#instances, 0)
    const start: RecordingStart = { file, names }
    this.#thread = new BatchThread({
      worker: WORKER,
      data: start,
      batchNumbers: BATCH_NUMBERS,
      doing: 'recording',
      open: () => openRecording(start),
    })
  }

  get error(): LoadgenError | undefined {
    return this.#thread.error
  }

  get backlogBytes(): number {
    return this.#thread.backlogBytes
  }

  drained(): Promise<void> {
    return this.#thread.drained()
  }

  onDecision(
    service: number,
    observation: Observation,
    action: number,
    propensities: Float64Array | undefined,
    route: number,
    origin: TracedOrigin,
    decider: Decider | undefined,
    retryOf?: number,
  ): number {
    const number = this.#numberOf(service, decider)
    const thread = this.#thread
    thread.reserve(this.#room)
    thread.used = writeDecision(
      thread.batch,
      thread.used,
      service,
      observation,
      action,
      propensities,
      route,
      origin,
      decider,
      number,
      retryOf,
    )
    return this.#decisions++
  }

  decisionOf(decision: number): number {
    return decision
  }

  onOutcome(decision: number, outcome: Outcome, nowMs: number): void {
    const thread = this.#thread
    thread.reserve(this.#room)
    thread.used = writeOutcome(thread.batch, thread.used, decision, outcome, nowMs)
  }

  close(nowMs: number, observe: (service: number) => Observation): void {
    // The closing states must stand in one batch with the word that announces them.
    const thread = this.#thread
    thread.reserve(eventSize(this.#instances, 0) * (1 + this.#services))
    thread.used = writeClose(thread.batch, thread.used, nowMs)
    for (let service = 0; service < this.#services; service++) {
      thread.used = writeState(thread.batch, thread.used, observe(service))
    }
  }

  /** Waits until everything is on disk. @throws WorldError if writing failed */
  finish(): Promise<RecordingResults> {
    return this.#thread.finish()
  }

  #numberOf(service: number, decider: Decider | undefined): number {
    if (decider === undefined) return -1
    if (this.#lastDeciders[service] !== decider) {
      this.#lastDeciders[service] = decider
      this.#lastNumbers[service] = this.#deciders.get(decider) ?? this.#introduce(decider)
    }
    return this.#lastNumbers[service]!
  }

  /** Tells the thread who that is: it hears of it before the batch in which the policy decides. */
  #introduce(decider: Decider): number {
    const description = describeDecider(decider)
    this.#thread.tell(description)
    this.#room = Math.max(this.#room, eventSize(this.#instances, description.strategies?.length ?? 0))
    this.#deciders.set(decider, this.#deciders.size)
    return this.#deciders.size - 1
  }
}
