/** Rules by which the stations of this folder choose a replica: the real policies, and some that are no policies. */
import { CONTEXT_WIDTH, INSTANCE_WIDTH, instanceFeature, policyFactory } from '../../src/routing/index.ts'
import { type Dispatcher, streams } from './stations.ts'

const IN_FLIGHT = instanceFeature('inFlight')

/** A policy that sees nothing but the requests in flight. */
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
    truth: undefined,
  }
  const { instances } = observation
  return (inFlight, nowMs) => {
    observation.nowMs = nowMs
    for (let i = 0; i < count; i++) instances[i * INSTANCE_WIDTH + IN_FLIGHT] = inFlight[i]!
    return policy.choose(observation, random, propensities)
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

/** Join the idle queue (Lu et al. 2011): an idle replica if there is one, else any. */
export function joinIdleQueue(count: number): Dispatcher {
  const random = streams.stream(`policy/join-idle-queue/${count}`)
  return (inFlight) => {
    let idle = 0
    for (let i = 0; i < count; i++) if (inFlight[i] === 0) idle++
    let rank = Math.floor(random() * (idle === 0 ? count : idle))
    if (idle === 0) return rank
    let i = 0
    while (inFlight[i] !== 0 || rank-- > 0) i++
    return i
  }
}

/** Least work left, knowing all sizes: the replica (of one worker and speed 1) that would begin first. */
export function leastWorkLeft(count: number): Dispatcher {
  const freeAt = new Float64Array(count)
  return (_, nowMs, workMs) => {
    let first = 0
    for (let i = 1; i < count; i++) if (freeAt[i]! < freeAt[first]!) first = i
    freeAt[first] = Math.max(freeAt[first]!, nowMs) + workMs
    return first
  }
}
