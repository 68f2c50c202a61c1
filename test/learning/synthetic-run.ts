/**
 * Recorded runs for tests: a small queueing system (Poisson arrivals, one FCFS worker per instance, exponential
 * work) under any policy, written as `dataset.json` and `experiences.jsonl`. The reward is minus the latency in
 * units of 100 ms.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { exponential, type Random, RandomStreams } from '../../src/core/index.ts'
import type { DatasetDescription, ExperienceRecord, RecordedState } from '../../src/experience/record.ts'
import {
  CONTEXT_FEATURES,
  CONTEXT_WIDTH,
  INSTANCE_FEATURES,
  INSTANCE_WIDTH,
  type Observation,
  type Policy,
  quantize,
} from '../../src/routing/index.ts'

export interface SyntheticOptions {
  readonly seed?: number
  readonly decisions?: number
  readonly service?: string
  /** One per instance: work done per unit of time. */
  readonly speeds?: readonly number[]
  /** Offered work as a share of what all instances can do. */
  readonly utilisation?: number
  readonly policy?: Policy
  readonly instancePrefix?: string
}

export interface SyntheticRun {
  readonly description: DatasetDescription
  readonly records: ExperienceRecord[]
  readonly meanLatencyMs: number
}

const MEAN_WORK_MS = 50
const WINDOW_MS = 60_000

/** Chooses uniformly: full support, as an exploring logger has. */
export const uniformPolicy: Policy = {
  id: 'random',
  version: '1',
  choose: ({ count }, random, propensities) => {
    propensities.fill(1 / count, 0, count)
    return Math.floor(random() * count)
  },
}

class Queue {
  readonly speed: number
  #freeAtMs = 0
  /** Jobs by departure, oldest first; those from #oldest up to #working left within the window. */
  readonly #jobs: { endMs: number; latencyMs: number }[] = []
  #oldest = 0
  #working = 0
  #windowSumMs = 0

  constructor(speed: number) {
    this.speed = speed
  }

  /** Latency of a job that arrives now. */
  serve(nowMs: number, workMs: number): number {
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + workMs / this.speed
    const latencyMs = this.#freeAtMs - nowMs
    this.#jobs.push({ endMs: this.#freeAtMs, latencyMs })
    return latencyMs
  }

  inFlight(nowMs: number): number {
    while (this.#working < this.#jobs.length && this.#jobs[this.#working]!.endMs <= nowMs) {
      this.#windowSumMs += this.#jobs[this.#working++]!.latencyMs
    }
    while (this.#oldest < this.#working && this.#jobs[this.#oldest]!.endMs < nowMs - WINDOW_MS) {
      this.#windowSumMs -= this.#jobs[this.#oldest++]!.latencyMs
    }
    return this.#jobs.length - this.#working
  }

  /** Of the jobs that left within the window, as of the last call of `inFlight`; NaN if there are none. */
  meanLatencyMs(): number {
    const count = this.#working - this.#oldest
    return count === 0 ? Number.NaN : this.#windowSumMs / count
  }
}

export function syntheticRun(options: SyntheticOptions = {}): SyntheticRun {
  const { seed = 1, decisions = 2000, service = 'cart-service', utilisation = 0.7 } = options
  const { speeds = [1, 0.5], policy = uniformPolicy, instancePrefix = 'cart' } = options
  const streams = new RandomStreams(seed)
  const [arrivals, work, choices] = ['arrivals', 'work', 'choices'].map((name) => streams.stream(name)) as [
    Random,
    Random,
    Random,
  ]
  const capacity = speeds.reduce((sum, speed) => sum + speed, 0)
  const meanGapMs = MEAN_WORK_MS / (capacity * utilisation)
  const queues = speeds.map((speed) => new Queue(speed))
  const description = describe(service, speeds.length, seed, instancePrefix)
  const propensities = new Float64Array(speeds.length)
  const records: ExperienceRecord[] = []
  let nowMs = 0
  let totalMs = 0
  for (let decision = 0; decision < decisions; decision++) {
    const observation = observe(service, nowMs, queues)
    const index = policy.choose(observation, choices, propensities)
    const latencyMs = queues[index]!.serve(nowMs, exponential(work, MEAN_WORK_MS))
    totalMs += latencyMs
    const record = recordOf(description, decision, observation, index, propensities, policy, latencyMs)
    const previous = records.at(-1)
    if (previous !== undefined) {
      records[decision - 1] = { ...previous, next: { ...record.state, dtMs: nowMs - previous.t } }
    }
    records.push(record)
    nowMs = quantize(nowMs + exponential(arrivals, meanGapMs))
  }
  records[decisions - 1] = { ...records[decisions - 1]!, truncated: true }
  return { description, records, meanLatencyMs: totalMs / decisions }
}

function observe(service: string, nowMs: number, queues: readonly Queue[]): Observation {
  const instances = new Float64Array(queues.length * INSTANCE_WIDTH)
  let inFlight = 0
  for (const [i, queue] of queues.entries()) {
    const own = queue.inFlight(nowMs)
    inFlight += own
    const latencyMs = quantize(queue.meanLatencyMs())
    const row = [own, Number.NaN, latencyMs, latencyMs, 0, 0, Number.NaN, Number.NaN]
    instances.set([...row, 1, Number.NaN, 1, own * MEAN_WORK_MS, 1 / queue.speed, 0], i * INSTANCE_WIDTH)
  }
  const context = Float64Array.of(0, inFlight, 1, queues.length, MEAN_WORK_MS, MEAN_WORK_MS, 0, 1)
  const eligible = new Uint8Array(queues.length).fill(1)
  return {
    service,
    nowMs,
    count: queues.length,
    context,
    instances,
    eligible,
    affinity: '',
    truth: undefined,
  }
}

/** The state of an observation, as the records hold it. */
function recordedState(observation: Observation): RecordedState {
  const known = (values: Float64Array) => Array.from(values, (value) => (Number.isNaN(value) ? null : value))
  return {
    context: known(observation.context.subarray(0, CONTEXT_WIDTH)),
    instances: Array.from({ length: observation.count }, (_, i) =>
      known(observation.instances.subarray(i * INSTANCE_WIDTH, (i + 1) * INSTANCE_WIDTH)),
    ),
  }
}

function recordOf(
  description: DatasetDescription,
  decision: number,
  observation: Observation,
  index: number,
  propensities: Float64Array,
  policy: Policy,
  latencyMs: number,
): ExperienceRecord {
  const reward = quantize(-latencyMs / 100)
  const { strategy } = policy
  return {
    v: 1,
    run: description.run,
    decision,
    trace: decision.toString(16).padStart(32, '0'),
    hop: 0,
    t: observation.nowMs,
    phase: null,
    profile: null,
    service: observation.service,
    route: 'cart.get',
    state: recordedState(observation),
    action: {
      index,
      instance: description.services[observation.service]![index]!,
      ...(strategy === undefined
        ? {}
        : { strategy: { index: strategy.index, name: strategy.names[strategy.index]! } }),
    },
    propensity: Array.from(propensities),
    ...(strategy === undefined ? {} : { strategyPropensity: Array.from(strategy.propensities) }),
    policy: { id: policy.id, version: policy.version },
    outcome: { status: 200, latencyMs, queueMs: null, workMs: null, failure: null, retryOf: null },
    rewards: { latency: reward, error: 0, throughput: 0, balance: 0, satisfaction: 0 },
    reward,
    next: null,
    done: false,
    truncated: false,
  }
}

function describe(service: string, count: number, seed: number, prefix: string): DatasetDescription {
  return {
    version: 1,
    run: `synthetic-${service}-${seed}`,
    scenario: { name: 'synthetic', hash: '0'.repeat(64) },
    world: 'virtual',
    seed,
    contextFeatures: CONTEXT_FEATURES,
    instanceFeatures: INSTANCE_FEATURES,
    services: { [service]: Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`) },
    routes: ['cart.get'],
    reward: {
      targetLatencyMs: 100,
      weights: { latency: 1, error: 0, throughput: 0, balance: 0, satisfaction: 0 },
    },
  }
}

/** A directory that is gone when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'loadgen-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Writes a run into a directory, a fresh one unless told. `lines` replaces those of the records. */
export function writeRun(
  run: Pick<SyntheticRun, 'description' | 'records'>,
  lines: readonly string[] = run.records.map((record) => JSON.stringify(record)),
  directory = temporaryDirectory(),
): string {
  writeFileSync(join(directory, 'dataset.json'), JSON.stringify(run.description))
  writeFileSync(join(directory, 'experiences.jsonl'), lines.map((line) => `${line}\n`).join(''))
  return directory
}
