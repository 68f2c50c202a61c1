import { expect, test } from 'vitest'
import { RewardSums } from '../../src/experience/reward-sums.ts'

const none = { latency: 0, error: 0, throughput: 0, balance: 0, satisfaction: 0 }

test('means, part by part', () => {
  const sums = new RewardSums()
  sums.add({ latency: -1, error: 0, throughput: -4, balance: -0.5, satisfaction: 1 }, -3)
  sums.add({ ...none, latency: -3, error: -1 }, -5)
  expect(sums.means()).toEqual({
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
