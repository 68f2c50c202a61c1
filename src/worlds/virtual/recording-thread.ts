/**
 * Recording in a thread of its own: the world writes numbers into batches, the thread makes lines of them.
 *
 * The lines are byte for byte those of an `ExperienceLog` in the world's own thread, which is what the thread has
 * inside; it takes half of the time out of a recorded run.
 */
import { Worker } from 'node:worker_threads'
import { type LoadgenError, WorldError } from '../../core/index.ts'
import type {
  Decider,
  DecisionLog,
  ExperienceLogOptions,
  MeanRewards,
  Outcome,
} from '../../experience/index.ts'
import type { Observation } from '../../routing/index.ts'
import type { TracedOrigin } from '../trace-id.ts'
import { type DeciderDescription, describeDecider } from './decider-copy.ts'
import { eventSize, writeClose, writeDecision, writeOutcome, writeState } from './log-events.ts'
import type { Backlog } from './run-virtual.ts'

// The compiled file, also when this one runs from its source: a worker thread knows no TypeScript.
const WORKER = new URL('../../../dist/worlds/virtual/recording-worker.js', import.meta.url)
const BATCH_NUMBERS = 64 * 1024
/** With no more than this under way, the world may go on. */
const RELIEVED_BATCHES = 8

/** To the thread. */
export type RecordingRequest =
  | { readonly kind: 'decider'; readonly decider: DeciderDescription }
  | { readonly kind: 'batch'; readonly batch: Float64Array<ArrayBuffer>; readonly length: number }
  | { readonly kind: 'end' }

/** From the thread: a batch is done and may be used again; or all is written. */
export type RecordingAnswer =
  | { readonly kind: 'done'; readonly batch: Float64Array<ArrayBuffer> }
  | ({ readonly kind: 'ended' } & RecordingResults)
  | { readonly kind: 'failed'; readonly message: string }

export interface RecordingResults {
  readonly decisions: number
  readonly recorded: number
  readonly rewards: MeanRewards
}

export interface RecordingStart {
  readonly file: string
  readonly names: ExperienceLogOptions
}

export class RecordingThread implements DecisionLog<number>, Backlog {
  readonly #worker: Worker
  readonly #services: number
  readonly #instances: number
  /** Those that have decided, and their numbers; and by service the last one, which is mostly the next one too. */
  readonly #deciders = new Map<Decider, number>()
  readonly #lastDeciders: (Decider | undefined)[] = []
  readonly #lastNumbers: number[] = []
  /** Most numbers of one event. */
  #room: number
  readonly #spare: Float64Array<ArrayBuffer>[] = []
  #batch = new Float64Array(BATCH_NUMBERS)
  #used = 0
  #decisions = 0
  #sent = 0
  #results: RecordingResults | undefined
  #error: LoadgenError | undefined
  #wake: (() => void) | undefined

  /** @param file where the lines go; it is made anew */
  constructor(file: string, names: ExperienceLogOptions) {
    const counts = names.services.map((service) => names.instances[service]!.length)
    this.#services = counts.length
    this.#instances = Math.max(...counts)
    this.#room = eventSize(this.#instances, 0)
    this.#worker = new Worker(WORKER, { workerData: { file, names } satisfies RecordingStart })
    // A run that fails elsewhere must not be kept alive by a thread that waits for more.
    this.#worker.unref()
    this.#worker.on('message', (answer: RecordingAnswer) => this.#hear(answer))
    this.#worker.on('error', (error) => this.#fail(`recording failed: ${error.message}`))
  }

  get error(): LoadgenError | undefined {
    return this.#error
  }

  /** Bytes of the batches that the thread has not done yet. */
  get backlogBytes(): number {
    return this.#sent * BATCH_NUMBERS * Float64Array.BYTES_PER_ELEMENT
  }

  /** Resolves when little is left to do; waiting for the last batch would leave the thread idle afterwards. */
  async drained(): Promise<void> {
    while (this.#sent > RELIEVED_BATCHES && this.#error === undefined) await this.#news()
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
    this.#reserve()
    this.#used = writeDecision(
      this.#batch,
      this.#used,
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
    this.#reserve()
    this.#used = writeOutcome(this.#batch, this.#used, decision, outcome, nowMs)
  }

  close(nowMs: number, observe: (service: number) => Observation): void {
    // The closing states must stand in one batch with the word that announces them.
    this.#send()
    this.#used = writeClose(this.#batch, this.#used, nowMs)
    for (let service = 0; service < this.#services; service++) {
      this.#used = writeState(this.#batch, this.#used, observe(service))
    }
    this.#send()
  }

  /** Waits until everything is on disk. @throws WorldError if writing failed */
  async finish(): Promise<RecordingResults> {
    this.#post({ kind: 'end' })
    while (this.#results === undefined && this.#error === undefined) await this.#news()
    await this.#worker.terminate()
    if (this.#error !== undefined) throw this.#error
    return this.#results!
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
    this.#post({ kind: 'decider', decider: description })
    this.#room = Math.max(this.#room, eventSize(this.#instances, description.strategies?.length ?? 0))
    this.#deciders.set(decider, this.#deciders.size)
    return this.#deciders.size - 1
  }

  #reserve(): void {
    if (this.#used + this.#room > BATCH_NUMBERS) this.#send()
  }

  #send(): void {
    if (this.#used === 0) return
    this.#sent++
    this.#post({ kind: 'batch', batch: this.#batch, length: this.#used }, this.#batch.buffer)
    this.#batch = this.#spare.pop() ?? new Float64Array(BATCH_NUMBERS)
    this.#used = 0
  }

  #post(request: RecordingRequest, ...transfer: ArrayBuffer[]): void {
    this.#worker.postMessage(request, transfer)
  }

  #hear(answer: RecordingAnswer): void {
    if (answer.kind === 'done') {
      this.#sent--
      this.#spare.push(answer.batch)
    } else if (answer.kind === 'ended') this.#results = answer
    else return this.#fail(answer.message)
    this.#wake?.()
  }

  #fail(message: string): void {
    this.#error = new WorldError(message)
    void this.#worker.terminate()
    this.#wake?.()
  }

  /** Resolves at the next message of the thread, and keeps the process alive until then. */
  async #news(): Promise<void> {
    this.#worker.ref()
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#worker.unref()
  }
}
