import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RewardSums, type RewardSumsJson } from '../../src/experience/reward-sums.ts'

const none = { latency: 0, error: 0, throughput: 0, balance: 0, satisfaction: 0 }

test('means, part by part', () => {
  const sums = new RewardSums()
  sums.add({ latency: -1, error: 0, throughput: -4, balance: -0.5, satisfaction: 1 }, -3)
  sums.add({ ...none, latency: -3, error: -1 }, -5)
  expect(sums.means()).toMatchObject({
    count: 2,
    reward: -4,
    parts: { latency: -2, error: -0.5, throughput: -2, balance: -0.25, satisfaction: 0.5 },
  })
})

test('a part counts where it is known', () => {
  const sums = new RewardSums()
  sums.add({ ...none, latency: -1, balance: Number.NaN }, -1)
  sums.add({ ...none, latency: -2, balance: -0.5 }, -2.5)
  const { parts, reward } = sums.means()
  expect([parts.latency, parts.balance, reward]).toEqual([-1.5, -0.5, -1.75])
})

test('of nothing are not known', () => {
  const { count, reward, parts } = new RewardSums().means()
  expect(count).toBe(0)
  for (const mean of [reward, ...Object.values(parts)]) expect(mean).toBeNaN()
})

test('merge to what one would have counted, whatever the order, and are kept as JSON', () => {
  const anyReward = fc.double({ min: -20, max: 1, noNaN: true })
  const anyParts = fc.record({
    latency: anyReward,
    error: fc.constantFrom(0, -1),
    throughput: anyReward,
    balance: fc.oneof(anyReward, fc.constant(Number.NaN)),
    satisfaction: fc.constantFrom(0, 0.5, 1),
  })
  const anyAdded = fc.array(fc.record({ parts: anyParts, reward: anyReward, ours: fc.boolean() }))
  fc.assert(
    fc.property(anyAdded, (added) => {
      const [whole, ours, theirs] = [new RewardSums(), new RewardSums(), new RewardSums()]
      for (const { parts, reward, ours: isOurs } of added) {
        whole.add(parts, reward)
        ;(isOurs ? ours : theirs).add(parts, reward)
      }
      const copy = RewardSums.fromJSON(JSON.parse(JSON.stringify(theirs)) as RewardSumsJson)
      copy.merge(ours)
      ours.merge(theirs)
      expect(JSON.stringify(ours)).toBe(JSON.stringify(whole))
      expect(JSON.stringify(copy)).toBe(JSON.stringify(whole))
    }),
  )
})
