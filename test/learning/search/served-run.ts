/** A recorded run of replicas of the shop behind the balancer's own router, which chooses at random. */
import { exponential, RandomStreams } from '../../../src/core/index.ts'
import type { ExperienceRecord } from '../../../src/experience/index.ts'
import {
  CONTEXT_WIDTH,
  INSTANCE_WIDTH,
  type Observation,
  quantize,
  ServiceRouter,
} from '../../../src/routing/index.ts'
import { Replica } from '../../../src/shop/index.ts'
import { type SyntheticRun, syntheticRun, uniformPolicy } from '../synthetic-run.ts'

export interface ServedOptions {
  readonly discipline: 'fcfs' | 'ps'
  readonly workers: number
  readonly instances: number
  readonly load: number
  readonly decisions: number
  /** Of the cheap route, 4 ms, and of the dear one, 124 ms; both exponential. */
  readonly shares: readonly [cheap: number, dear: number]
  readonly prefix?: string
}

export type ServedRun = Pick<SyntheticRun, 'description' | 'records'>

const WORKS_MS = [4, 124] as const

export function servedRun(options: ServedOptions): ServedRun {
  const { discipline, workers, instances, load, decisions, shares, prefix = 'cart' } = options
  const random = new RandomStreams(5).stream('served')
  const meanWork = shares[0] * WORKS_MS[0] + shares[1] * WORKS_MS[1]
  const { description } = syntheticRun({
    decisions: 1,
    speeds: Array<number>(instances).fill(1),
    instancePrefix: prefix,
  })
  const names = description.services['cart-service']!
  const replicas = names.map((id) => new Replica({ id, workers, speed: 1, queueLimit: 1e6, discipline }))
  const router = new ServiceRouter({
    service: 'cart-service',
    instances: names,
    policy: uniformPolicy,
    random,
  })
  const records: ExperienceRecord[] = []
  const fetch = (nowMs: number): void => {
    for (const [i, replica] of replicas.entries()) {
      for (let at = replica.nextEventAtMs(); at <= nowMs; at = replica.nextEventAtMs()) {
        const id = replica.advance(at)
        const { t, route } = records[id]!
        const [queueMs, workMs] = [replica.completedQueueMs, replica.completedWorkMs]
        router.onAnswer(i, at, at - t, false, Number.NaN, queueMs, workMs, Number(route))
        const outcome = {
          status: 200,
          latencyMs: quantize(at - t),
          queueMs: quantize(queueMs),
          workMs: quantize(workMs),
          failure: null,
          retryOf: null,
        }
        records[id] = { ...records[id]!, outcome, reward: -outcome.latencyMs / 100 }
      }
    }
  }
  let nowMs = 0
  for (let id = 0; id < decisions; id++) {
    nowMs = quantize(nowMs + exponential(random, meanWork / (instances * workers * load)))
    fetch(nowMs)
    const route = random() < shares[1] ? 1 : 0
    const index = router.decide(nowMs, route)
    records.push(recordOf(description.run, id, nowMs, route, router.observation, index, names[index]!))
    router.onStart(index, nowMs, route)
    replicas[index]!.arrive(id, exponential(random, WORKS_MS[route]!), nowMs)
  }
  fetch(1e12)
  return { description: { ...description, routes: ['0', '1'] }, records }
}

function recordOf(
  run: string,
  decision: number,
  t: number,
  route: number,
  { count, context, instances }: Observation,
  index: number,
  instance: string,
): ExperienceRecord {
  const known = (values: Float64Array) => Array.from(values, (value) => (Number.isNaN(value) ? null : value))
  return {
    v: 1,
    run,
    decision,
    trace: decision.toString(16).padStart(32, '0'),
    hop: 0,
    t,
    phase: null,
    profile: null,
    service: 'cart-service',
    route: String(route),
    state: {
      context: known(context.subarray(0, CONTEXT_WIDTH)),
      instances: Array.from({ length: count }, (_, i) =>
        known(instances.subarray(i * INSTANCE_WIDTH, (i + 1) * INSTANCE_WIDTH)),
      ),
    },
    action: { index, instance },
    propensity: Array<number>(count).fill(1 / count),
    policy: { id: 'random', version: '1' },
    outcome: null,
    rewards: { latency: null, error: null, throughput: null, balance: null, satisfaction: null },
    reward: null,
    next: null,
    done: false,
    truncated: false,
  }
}
