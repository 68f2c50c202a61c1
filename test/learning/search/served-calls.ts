/** Calls that were served by the replicas of the shop itself, routed at random: what a fit must find out again. */
import { exponential, RandomStreams } from '../../../src/core/index.ts'
import type { RecordedCalls } from '../../../src/learning/search/recorded-calls.ts'
import { Replica } from '../../../src/shop/index.ts'

export interface Served {
  readonly discipline: 'fcfs' | 'ps'
  readonly workers: number
  readonly speeds: readonly number[]
  readonly load: number
  readonly calls: number
  /** Mean work by route, exponential. */
  readonly works?: readonly number[]
  readonly seed?: number
  /** Waiting and work stay untold. */
  readonly untold?: boolean
  readonly queueLimit?: number
  /** The first instance works at a third of its speed in this share of the time, from the beginning. */
  readonly slowShare?: number
  /** The first instance fails within a millisecond in this share of the time, from the beginning. */
  readonly failingShare?: number
}

export interface ServedCalls {
  readonly calls: RecordedCalls
  /** Shape [calls]: the work that each really was. */
  readonly sizesMs: Float64Array
}

export function servedCalls(served: Served): ServedCalls {
  const { discipline, workers, speeds, load, calls: count, works = [10], seed = 1, untold = false } = served
  const { queueLimit = 1e6, slowShare = 0, failingShare = 0 } = served
  const random = new RandomStreams(seed).stream('served')
  const capacity = workers * speeds.reduce((sum, speed) => sum + speed)
  const meanWork = works.reduce((sum, work) => sum + work) / works.length
  const gapMs = meanWork / (capacity * load)
  const replicas = speeds.map(
    (speed, i) => new Replica({ id: `${i}`, workers, speed, queueLimit, discipline }),
  )
  const column = (): Float64Array => new Float64Array(count).fill(Number.NaN)
  const [timeMs, latencyMs, queueMs, workMs, sizesMs] = [column(), column(), column(), column(), column()]
  const route = new Int32Array(count)
  const instance = new Int32Array(count)
  const failed = new Uint8Array(count)
  const fetch = (nowMs: number): void => {
    for (const replica of replicas) {
      for (let at = replica.nextEventAtMs(); at <= nowMs; at = replica.nextEventAtMs()) {
        const call = replica.advance(at)
        latencyMs[call] = at - timeMs[call]!
        queueMs[call] = replica.completedQueueMs
        workMs[call] = replica.completedWorkMs
      }
    }
  }
  if (slowShare > 0) replicas[0]!.setSpeedFactor(1 / 3, 0)
  let nowMs = 0
  for (let call = 0; call < count; call++) {
    nowMs += exponential(random, gapMs)
    fetch(nowMs)
    if (slowShare > 0 && call === Math.floor(slowShare * count)) replicas[0]!.setSpeedFactor(1, nowMs)
    timeMs[call] = nowMs
    route[call] = Math.floor(random() * works.length)
    instance[call] = Math.floor(random() * speeds.length)
    sizesMs[call] = exponential(random, works[route[call]!]!)
    const failing = instance[call] === 0 && call < failingShare * count
    if (!failing && replicas[instance[call]!]!.arrive(call, sizesMs[call]!, nowMs) !== 'refused') continue
    failed[call] = 1
    latencyMs[call] = 0.5
  }
  fetch(1e12)
  const unknown = column()
  const calls: RecordedCalls = {
    service: 'cart-service',
    instances: speeds.length,
    timeMs,
    route,
    instance,
    failed,
    latencyMs,
    queueMs: untold ? unknown : queueMs,
    workMs: untold ? unknown : workMs,
  }
  return { calls, sizesMs }
}
