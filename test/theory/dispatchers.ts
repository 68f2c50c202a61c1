/** Rules by which the stations of this folder choose a replica: the real policies, and one that is as good and fast. */
import {
  CONTEXT_WIDTH,
  INSTANCE_WIDTH,
  instanceFeature,
  policyFactory,
  type Truth,
} from '../../src/routing/index.ts'
import type { Replica } from '../../src/shop/index.ts'
import { type Dispatcher, streams } from './stations.ts'

const IN_FLIGHT = instanceFeature('inFlight')

/** A policy that sees nothing but the requests in flight, and the truth if it is an oracle. */
export function byPolicy(text: string, count: number): Dispatcher {
  const policy = policyFactory(text)('theory')
  const random = streams.stream(`policy/${text}/${count}`)
  const propensities = new Float64Array(count)
  const observation = {
    service: 'theory',
    nowMs: 0,
    count,
    context: new Float64Array(CONTEXT_WIDTH),
    instances: new Float64Array(count * INSTANCE_WIDTH).fill(Number.NaN),
    eligible: new Uint8Array(count).fill(1),
    affinity: '',
    truth: policy.needsTruth === true ? newTruth(count) : undefined,
  }
  const { instances, truth } = observation
  return (inFlight, nowMs, workMs, replicas) => {
    observation.nowMs = nowMs
    for (let i = 0; i < count; i++) instances[i * INSTANCE_WIDTH + IN_FLIGHT] = inFlight[i]!
    if (truth !== undefined) tell(truth, workMs, replicas, nowMs)
    return policy.choose(observation, random, propensities)
  }
}

export function newTruth(count: number): Truth {
  return {
    workMs: 0,
    speeds: new Float64Array(count),
    workers: new Float64Array(count),
    workLeftMs: new Float64Array(count),
    addedMs: new Float64Array(count),
  }
}

/** Writes down how the replicas are. */
export function tell(truth: Truth, workMs: number, replicas: readonly Replica[], nowMs: number): void {
  truth.workMs = workMs
  for (const [i, replica] of replicas.entries()) {
    truth.speeds[i] = replica.speed
    truth.workers[i] = replica.workers
    truth.workLeftMs[i] = replica.workLeftMs(nowMs)
    truth.addedMs[i] = replica.addedMs(workMs, nowMs)
  }
}

/**
 * The shorter of two different queues drawn at random. As the policy, which works out the probability of every
 * instance and so takes long among a hundred.
 */
export function twoChoices(count: number): Dispatcher {
  const random = streams.stream(`policy/two-choices/${count}`)
  return (inFlight) => {
    const first = Math.floor(random() * count)
    const other = Math.floor(random() * (count - 1))
    const second = other < first ? other : other + 1
    return inFlight[second]! < inFlight[first]! ? second : first
  }
}
