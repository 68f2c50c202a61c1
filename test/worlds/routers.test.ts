import { expect, test } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import { INSTANCE_WIDTH, instanceFeature, policyFactory } from '../../src/routing/index.ts'
import { createRouters } from '../../src/worlds/routers.ts'
import { MINIMAL } from '../scenario/scenario-files.ts'
import { scenarioOf } from '../shop/small-scenario.ts'

const WEIGHT = instanceFeature('weight')

test('routers see the weights of the scenario, and 1 each where it says nothing', () => {
  const scenario = scenarioOf(`${MINIMAL}\nshop: { services: { cart: { weights: [5, 1, 0.5] } } }`)
  const routers = createRouters(scenario, policyFactory('round-robin'), new RandomStreams(1))
  const weightsOf = (service: string) => {
    const router = routers.find((one) => one.service === service)!
    router.observe(0, 0)
    const { count, instances } = router.observation
    return Array.from({ length: count }, (_, i) => instances[i * INSTANCE_WIDTH + WEIGHT])
  }
  expect(weightsOf('cart-service')).toEqual([5, 1, 0.5])
  expect(weightsOf('user-service')).toEqual([1, 1, 1])
})
