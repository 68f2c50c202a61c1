import { expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { type Policy, policyFactory, ServiceRouter } from '../../../src/routing/index.ts'
import { choose, observationOf, scripted, UNTOLD } from '../observation-of.ts'

const policyOf = (text: string) => policyFactory(text)('cart-service')

it('obeys the first, and says what the second would have done', () => {
  const policy = policyOf('shadow(round-robin, least-outstanding)')
  const observation = observationOf({ inFlight: [3, 1, 1] })
  expect(choose(policy, observation, scripted())).toEqual({ index: 0, propensities: [1, 0, 0] })
  const { policy: other, index, propensities } = policy.shadow!
  expect(other).toEqual({ id: 'least-outstanding', version: '1' })
  expect([1, 2]).toContain(index)
  expect([...propensities]).toEqual([0, 0.5, 0.5])
})

it('says when the second would have shed', () => {
  const policy = policyOf('shadow(round-robin, backpressure(random, limit=fixed, cap=1))')
  expect(choose(policy, observationOf({ inFlight: [1, 1] }), scripted()).index).toBe(0)
  expect(policy.shadow).toMatchObject({ index: -1, propensities: Float64Array.of(0, 0) })
})

/** Choices under a load that the choices themselves make. */
function choicesOf(text: string, decisions = 400): number[] {
  const router = new ServiceRouter({
    service: 'cart-service',
    instances: ['a', 'b', 'c', 'd'],
    policy: policyOf(text),
    random: new RandomStreams(3).stream('policy'),
  })
  const underWay: number[] = []
  return Array.from({ length: decisions }, (_, i) => {
    const nowMs = i * 5
    const chosen = router.decide(nowMs, 0)
    router.onStart(chosen, nowMs)
    underWay.push(chosen)
    if (underWay.length > 6) router.onAnswer(underWay.shift()!, nowMs, 30 + 20 * chosen, i % 9 === 0)
    return chosen
  })
}

it.each(['random', 'peak-ewma', 'power-of-two-choices', 'epsilon-greedy(round-robin, epsilon=0.5)'])(
  'the obeyed policy decides as if it were alone: %s',
  (obeyed) => {
    expect(choicesOf(`shadow(${obeyed}, random)`)).toEqual(choicesOf(obeyed))
  },
)

it('the second draws the same every time, and not the same for every service', () => {
  const drawn = (service: string) => {
    const policy = policyFactory('shadow(round-robin, random)')(service)
    const observation = { ...observationOf({ inFlight: new Array(64).fill(0) }), service }
    return Array.from({ length: 20 }, () => {
      choose(policy, observation, scripted())
      return policy.shadow!.index
    })
  }
  expect(drawn('cart-service')).toEqual(drawn('cart-service'))
  expect(drawn('cart-service')).not.toEqual(drawn('order-service'))
  expect(new Set(drawn('cart-service')).size).toBeGreaterThan(10)
})

it('both hear of requests and answers', () => {
  const policy = policyOf('shadow(round-robin, peak-ewma)')
  for (const [instance, latencyMs] of [100, 10].entries()) {
    policy.onOutcome!({ instance, latencyMs, nowMs: 0, failed: false, ...UNTOLD })
  }
  choose(policy, observationOf({ inFlight: [0, 0] }), scripted())
  expect([...policy.shadow!.propensities]).toEqual([0, 1])
})

it.each([
  'shadow(shadow(random, random), random)',
  'shadow(random, shadow(random, random))',
  'shadow(epsilon-greedy(shadow(random, random)), random)',
])('%s is refused: one of the two would not be recorded', (text) => {
  expect(() => policyFactory(text)).toThrow(
    'policy "shadow": expected no other shadow among the policies that it wraps: a record has room for one; run twice',
  )
})

it('is as needy as the needier, and judges health like the first', () => {
  expect(policyOf('shadow(random, least-work-left)').needsTruth).toBe(true)
  expect(policyOf('shadow(least-work-left, random)').needsTruth).toBe(true)
  expect(policyOf('shadow(random, random)').needsTruth).toBeUndefined()
  expect(policyOf('shadow(random, health-checks(random))').checksHealth).toBeUndefined()
  expect(policyOf('shadow(health-checks(random), random)').checksHealth).toBe(true)
  expect(policyOf('shadow(random, random)').probes).toBeUndefined()
})

it('probes whoever one of them wants probed, once, and tells the first only of its own', () => {
  const heard: [string, number][] = []
  const probing = (name: string, wanted: readonly number[]): Policy => ({
    id: name,
    version: '1',
    choose: () => 0,
    probes: (_observation, _random, targets) => {
      targets.set(wanted)
      return wanted.length
    },
    onProbe: ({ instance }) => heard.push([name, instance]),
  })
  const policy = policyFactory('shadow(model:a, model:b)', (name) => {
    if (name === 'model:a') return () => probing('a', [2, 0])
    return name === 'model:b' ? () => probing('b', [0, 1]) : undefined
  })('cart-service')
  const targets = new Int32Array(3)
  expect(policy.probes!(observationOf({ inFlight: [0, 0, 0] }), scripted(), targets)).toBe(3)
  expect([...targets]).toEqual([2, 0, 1])
  for (const instance of targets) policy.onProbe!({ instance, nowMs: 1, inFlight: 0, latencyMs: 1 })
  expect(heard.filter(([name]) => name === 'a')).toEqual([
    ['a', 2],
    ['a', 0],
  ])
  expect(heard.filter(([name]) => name === 'b')).toEqual([
    ['b', 2],
    ['b', 0],
    ['b', 1],
  ])
})
