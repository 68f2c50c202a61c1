/** Counts of a service: what is an answer, what a reply, and under which policy. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FAILURE_KINDS, ServiceTraffic, STATUS_CLASSES } from '../../../src/worlds/balancer/traffic.ts'

const countOf = (counts: Float64Array, name: string): number =>
  counts[(STATUS_CLASSES as readonly string[]).indexOf(name)]!

describe('answers', () => {
  it.each<[number, string, number]>([
    [100, '1xx', 0],
    [204, '2xx', 0],
    [304, '3xx', 0],
    [404, '4xx', 0],
    [429, '4xx', 1],
    [503, '5xx', 1],
    [999, 'other', 1],
  ])('with status %i are counted as %s, failures: %i', (status, name, failures) => {
    const traffic = new ServiceTraffic('round-robin', 0)
    traffic.onAnswer(1, 5, status, null)
    expect(countOf(traffic.instances[1]!.byClass, name)).toBe(1)
    expect(traffic.instances[1]).toMatchObject({ answers: 1, failures })
    expect(traffic.instances[0]).toMatchObject({ answers: 0, failures: 0 })
    expect(traffic.policy).toMatchObject({ answers: 1, failures })
  })

  it.each(FAILURE_KINDS.map((kind, i) => [kind, i] as const))('that never came: %s', (kind, at) => {
    const traffic = new ServiceTraffic('round-robin', 0)
    traffic.onAnswer(0, 5, 0, kind)
    expect(traffic.instances[0]!.byKind[at]).toBe(1)
    expect(countOf(traffic.instances[0]!.byClass, 'none')).toBe(1)
    expect(traffic.instances[0]!.failures).toBe(1)
  })

  it('are as many by class, by instance and by policy as there were', () => {
    const answer = fc.record({
      instance: fc.nat(4),
      status: fc.constantFrom(0, 200, 404, 500),
      ms: fc.nat(900),
    })
    fc.assert(
      fc.property(fc.array(answer), (answers) => {
        const traffic = new ServiceTraffic('random', 0)
        for (const { instance, status, ms } of answers) {
          traffic.onAnswer(instance, ms, status, status === 0 ? 'reset' : null)
        }
        const sum = (of: (instance: (typeof traffic.instances)[number]) => number): number =>
          traffic.instances.reduce((total, instance) => total + of(instance), 0)
        expect(sum((instance) => instance.answers)).toBe(answers.length)
        expect(sum(({ byClass }) => byClass.reduce((a, b) => a + b, 0))).toBe(answers.length)
        expect(sum(({ failures }) => failures)).toBe(traffic.policy.failures)
        expect(traffic.policy.answers).toBe(answers.length)
        expect(traffic.replyLatency.count).toBe(0)
      }),
    )
  })
})

describe('policies', () => {
  it('keep what came of them, and go on there when they are used again', () => {
    const traffic = new ServiceTraffic('round-robin', 0)
    traffic.onAnswer(0, 10, 200, null)
    traffic.usePolicy('random', 1000)
    traffic.onAnswer(0, 30, 500, null)
    traffic.usePolicy('round-robin', 1500)
    traffic.onAnswer(0, 20, 200, null)
    const used = [...traffic.policies.values()].map((policy) => ({
      text: policy.text,
      answers: policy.answers,
      failures: policy.failures,
      mean: policy.latency.mean,
      usedMs: policy.usedMs(2000),
    }))
    expect(used).toEqual([
      { text: 'random', answers: 1, failures: 1, mean: 30, usedMs: 500 },
      { text: 'round-robin', answers: 2, failures: 0, mean: 15, usedMs: 1500 },
    ])
  })

  it('are charged for what they decided, even if another decides when the answer comes', () => {
    const traffic = new ServiceTraffic('round-robin', 0)
    const { policy } = traffic
    traffic.usePolicy('random', 5)
    traffic.onAnswer(0, 10, 200, null, policy)
    expect([policy.answers, traffic.policy.answers]).toEqual([1, 0])
  })

  it('switching to the one that decides already changes nothing', () => {
    const traffic = new ServiceTraffic('round-robin', 0)
    traffic.usePolicy('round-robin', 400)
    expect(traffic.policy.usedMs(1000)).toBe(1000)
    expect(traffic.policies.size).toBe(1)
  })

  it('are reset one by one, or all: the one that decides goes on from now', () => {
    const traffic = new ServiceTraffic('round-robin', 0)
    traffic.onAnswer(0, 10, 200, null)
    traffic.usePolicy('random', 100)
    traffic.onAnswer(0, 10, 500, null)
    traffic.resetPolicies(300, 'random')
    expect(traffic.policy).toMatchObject({ answers: 0, failures: 0 })
    expect(traffic.policy.usedMs(350)).toBe(50)
    expect(traffic.policies.get('round-robin')).toMatchObject({ answers: 1 })
    traffic.resetPolicies(400)
    expect(traffic.policies.get('round-robin')).toMatchObject({ answers: 0 })
    expect(traffic.policies.get('round-robin')!.usedMs(500)).toBe(0)
    // What an instance answered is not what a policy made of it.
    expect(traffic.instances[0]!.answers).toBe(2)
  })

  it('are forgotten, the oldest first, by whoever switches for ever; never the one that decides', () => {
    const traffic = new ServiceTraffic('round-robin', 0)
    for (let i = 0; i < 1000; i++) traffic.usePolicy(`epsilon-greedy(random, epsilon=${i / 1000})`, i)
    expect(traffic.policies.size).toBeLessThanOrEqual(32)
    expect(traffic.policies.get('epsilon-greedy(random, epsilon=0.999)')).toBe(traffic.policy)
  })
})
