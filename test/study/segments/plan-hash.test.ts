import { expect, it } from 'vitest'
import { planHash } from '../../../src/study/segments/plan-hash.ts'
import { segmentManifest } from '../../../src/study/segments/run-share.ts'
import { smallScenario } from '../../shop/small-scenario.ts'

it('tells plans apart by all that decides who comes when, and by nothing else', () => {
  const hash = planHash(smallScenario, 7)
  expect(hash).toMatch(/^[0-9a-f]{64}$/)
  expect(planHash({ ...smallScenario }, 7)).toBe(hash)
  expect(planHash(smallScenario, 8)).not.toBe(hash)
  expect(planHash({ ...smallScenario, maxConcurrentUsers: 3 }, 7)).not.toBe(hash)
  const { world } = smallScenario
  expect(planHash({ ...smallScenario, world: world === 'live' ? 'virtual' : 'live' }, 7)).not.toBe(hash)
  // It goes through JSON on its way to other machines.
  expect(planHash(JSON.parse(JSON.stringify(smallScenario)), 7)).toBe(hash)
})

it('stands in the manifest of a segment, and of nothing else', () => {
  expect(segmentManifest({}, smallScenario)).toEqual({})
  const share = { segment: { index: 1, count: 4 }, startEpochMs: 1e12, clockOffsetMs: -3, lateMs: 20 }
  expect(segmentManifest(share, smallScenario)).toEqual({
    segment: {
      index: 1,
      count: 4,
      planHash: planHash(smallScenario, smallScenario.seed),
      startEpochMs: 1e12,
      clockOffsetMs: -3,
      lateMs: 20,
    },
  })
})
