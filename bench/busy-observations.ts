/** What a router sees under random traffic: the inputs of the benchmarks of policies and records. */
import { RandomStreams } from '../src/core/index.ts'
import { type Observation, policyFactory, ServiceRouter } from '../src/routing/index.ts'

const UNDER_WAY_PER_INSTANCE = 2

/** Copies of what a router of `cart-service` saw at `decisions` decisions, 10 ms apart, of which one in twenty failed. */
export function busyObservations(instances: readonly string[], decisions: number): Observation[] {
  const random = new RandomStreams(1).stream('traffic')
  const policy = policyFactory('random')('cart-service')
  const router = new ServiceRouter({ service: 'cart-service', instances, policy, random })
  const underWay: number[] = []
  return Array.from({ length: decisions }, (_, i) => {
    const nowMs = i * 10
    if (underWay.length === UNDER_WAY_PER_INSTANCE * instances.length) {
      router.onAnswer(underWay.shift()!, nowMs, 100 * random(), random() < 0.05)
    }
    const chosen = router.decide(nowMs, 0)
    const observation = structuredClone(router.observation)
    router.onStart(chosen, nowMs)
    underWay.push(chosen)
    return observation
  })
}
