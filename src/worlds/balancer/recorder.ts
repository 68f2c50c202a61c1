/**
 * Records the decisions of a balancer that stands in front of real services, without ever standing in their way.
 *
 * - A *sample*: the trace id decides, so that a trace is recorded whole or not at all, by every balancer on its way.
 *   What is not in the sample is passed over, not forgotten: `next` is the state at the next decision, recorded or
 *   not, and the throughput part of the reward counts all requests, so a record says the same at every sample rate.
 * - A *bounded queue*: while more than `queueBytes` wait for the disk, decisions are dropped, and counted.
 * - A disk that fails ends the recording with one message; the balancer goes on, and what comes after is counted as
 *   dropped. What had been handed to the disk by then may be lost with it.
 *
 * `dataset.json` stands beside the records from the start, and is replaced as a whole when an instance is added.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyOf, makeFolder, type RewardSettings, WorldError } from '../../core/index.ts'
import {
  type CallOrigin,
  type DatasetDescription,
  type Decider,
  type DecisionLog,
  ExperienceLog,
  JsonlFile,
  type Outcome,
  type PendingDecision,
  RECORD_VERSION,
} from '../../experience/index.ts'
import { CONTEXT_FEATURES, INSTANCE_FEATURES, type Observation } from '../../routing/index.ts'

const FLUSH_MS = 100
const KEYS = 0x1_0000_0000

export interface RecorderOptions {
  /** Made if it is not there; records that stand there are overwritten. */
  readonly directory: string
  readonly run: string
  /** What the balancer was configured by. */
  readonly source: { readonly name: string; readonly hash: string }
  readonly seed: number
  /** Instance ids by service, in the order of the services. */
  readonly services: readonly { readonly name: string; readonly instances: readonly string[] }[]
  readonly routes: readonly string[]
  /** Names that clients may say, if any. */
  readonly phases?: readonly string[]
  readonly profiles?: readonly string[]
  readonly strategies?: readonly string[]
  readonly reward: RewardSettings
  /** Whether clients may send a request more than once. */
  readonly repeats: boolean
  /** Share of the traces that is recorded, 0 to 1. */
  readonly sample: number
  /** So much may wait for the disk. */
  readonly queueBytes: number
  /** Told once if recording ends before its time. */
  readonly onMessage: (text: string) => void
}

export interface RecorderStatus {
  readonly directory: string
  readonly sample: number
  /** Records handed to the disk. */
  readonly recorded: number
  /** Decisions of traces that are not in the sample. */
  readonly unsampled: number
  /** Decisions that would have been recorded, but the disk was behind or had failed. */
  readonly dropped: number
  readonly queuedBytes: number
  /** Why nothing is recorded any more. */
  readonly stopped: string | null
}

/** A decision that is recorded, or the number of the service of one that is not. */
export type RecorderToken = PendingDecision | number

export class Recorder implements DecisionLog<RecorderToken> {
  readonly #options: RecorderOptions
  readonly #file: JsonlFile
  readonly #log: ExperienceLog
  /** Instance ids by service, as they grow. */
  readonly #instances: readonly string[][]
  /** Traces with a key below it are in the sample. */
  readonly #keysInSample: number
  readonly #flushing: NodeJS.Timeout
  #unsampled = 0
  #dropped = 0
  #stopped: string | undefined

  /** @throws WorldError if it cannot record there */
  static async create(options: RecorderOptions): Promise<Recorder> {
    try {
      makeFolder(options.directory)
      writeDataset(
        options,
        options.services.map(({ instances }) => instances),
      )
    } catch (error) {
      throw new WorldError(
        `${options.directory}: cannot record there (${(error as Error).message}): choose another directory`,
      )
    }
    return new Recorder(options, await JsonlFile.create(join(options.directory, 'experiences.jsonl')))
  }

  private constructor(options: RecorderOptions, file: JsonlFile) {
    this.#options = options
    this.#file = file
    this.#instances = options.services.map(({ instances }) => [...instances])
    this.#keysInSample = options.sample * KEYS
    this.#log = new ExperienceLog({
      run: options.run,
      services: options.services.map(({ name }) => name),
      instances: instancesByName(options, this.#instances),
      routes: options.routes,
      phases: options.phases ?? [],
      profiles: options.profiles ?? [],
      reward: options.reward,
      repeats: options.repeats,
      sink: file,
    })
    this.#flushing = setInterval(() => this.#flush(), FLUSH_MS)
    this.#flushing.unref()
  }

  get status(): RecorderStatus {
    return {
      directory: this.#options.directory,
      sample: this.#options.sample,
      recorded: this.#file.lines,
      unsampled: this.#unsampled,
      dropped: this.#dropped + this.#log.recorded - this.#file.lines,
      queuedBytes: this.#file.backlogBytes,
      stopped: this.#stopped ?? null,
    }
  }

  onDecision(
    service: number,
    observation: Observation,
    action: number,
    propensities: Float64Array | undefined,
    route: number,
    origin: CallOrigin,
    decider: Decider | undefined,
    retryOf?: number,
  ): RecorderToken {
    if (!this.#takes(origin.trace)) {
      this.#log.passOver(service, observation)
      return service
    }
    // What it repeats may have been dropped, and has no number then.
    const repeated = retryOf === NOT_RECORDED ? undefined : retryOf
    return this.#log.onDecision(service, observation, action, propensities, route, origin, decider, repeated)
  }

  /** The number of the decision, or one that `retryOf` knows as none. */
  decisionOf(token: RecorderToken): number {
    return typeof token === 'number' ? NOT_RECORDED : this.#log.decisionOf(token)
  }

  onOutcome(token: RecorderToken, outcome: Outcome, nowMs: number): void {
    if (typeof token === 'number') this.#log.onPassedOver(token, nowMs)
    else this.#log.onOutcome(token, outcome, nowMs)
  }

  /** Another instance of service number `service`, behind all others. */
  addInstance(service: number, id: string): void {
    this.#instances[service]!.push(id)
    this.#log.addInstance(service, id)
    try {
      writeDataset(this.#options, this.#instances)
    } catch (error) {
      this.#stop(`${this.#options.directory}/dataset.json: cannot be written (${(error as Error).message})`)
    }
  }

  close(nowMs: number, observe: (service: number) => Observation): void {
    this.#log.close(nowMs, observe)
  }

  /** After `close`: everything is on the disk, or it has been said that it is not. */
  async finish(): Promise<void> {
    clearInterval(this.#flushing)
    try {
      await this.#file.close()
    } catch (error) {
      this.#stop((error as Error).message)
    }
  }

  #takes(trace: string): boolean {
    if (keyOf(trace) >= this.#keysInSample) {
      this.#unsampled++
      return false
    }
    if (this.#stopped === undefined && this.#file.backlogBytes <= this.#options.queueBytes) return true
    this.#dropped++
    return false
  }

  #flush(): void {
    this.#file.flush()
    const { error } = this.#file
    if (error !== undefined) this.#stop(error.message)
  }

  #stop(why: string): void {
    if (this.#stopped !== undefined) return
    this.#stopped = why
    this.#options.onMessage(`recording has ended: ${why}; requests are served on`)
  }
}

const NOT_RECORDED = -1

/** Replaces the file as a whole: a reader never sees half of it. */
function writeDataset(options: RecorderOptions, instances: readonly (readonly string[])[]): void {
  const dataset: DatasetDescription = {
    version: RECORD_VERSION,
    run: options.run,
    scenario: options.source,
    world: 'live',
    observedBy: 'balancer',
    seed: options.seed,
    contextFeatures: CONTEXT_FEATURES,
    instanceFeatures: INSTANCE_FEATURES,
    ...(options.strategies === undefined ? {} : { strategies: options.strategies }),
    services: instancesByName(options, instances),
    routes: options.routes,
    reward: options.reward,
  }
  const file = join(options.directory, 'dataset.json')
  writeFileSync(`${file}.partial`, `${JSON.stringify(dataset, null, 2)}\n`)
  renameSync(`${file}.partial`, file)
}

function instancesByName(
  { services }: RecorderOptions,
  instances: readonly (readonly string[])[],
): Record<string, readonly string[]> {
  return Object.fromEntries(services.map(({ name }, i) => [name, instances[i]!]))
}
