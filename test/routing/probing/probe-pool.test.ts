import { describe, expect, it } from 'vitest'
import { defaultPoolSize, ProbePool, probeUses } from '../../../src/routing/probing/probe-pool.ts'
import { scripted } from '../observation-of.ts'

describe('uses of a probe: b = max(1, (1 + delta) / ((1 - m / n) r_probe - r_remove))', () => {
  const PAPER = { instances: 100, pool: 16, probes: 3, removals: 1, delta: 1 }

  it.each([
    ['the paper: 2 / (0.84 x 3 - 1)', PAPER, 2 / 1.52],
    ['eight instances, pool of four: 2 / (0.5 x 3 - 1)', { ...PAPER, instances: 8, pool: 4 }, 4],
    ['many probes: never less than once', { ...PAPER, probes: 10 }, 1],
    ['as many removed as come', { ...PAPER, instances: 3, pool: 2 }, Number.POSITIVE_INFINITY],
    ['a pool of all', { ...PAPER, instances: 2, pool: 2 }, Number.POSITIVE_INFINITY],
  ])('%s', (_, rates, uses) => {
    expect(probeUses(rates)).toBeCloseTo(uses, 12)
  })
})

it.each([
  [1, 2],
  [3, 2],
  [8, 4],
  [100, 16],
])('the pool for %d instances has room for %d', (instances, size) => {
  expect(defaultPoolSize(instances)).toBe(size)
})

describe('ProbePool', () => {
  function poolOf(...answers: readonly (readonly [instance: number, inFlight: number, latencyMs: number])[]) {
    const pool = new ProbePool()
    for (const [instance, inFlight, latencyMs] of answers) pool.add(instance, 0, inFlight, latencyMs)
    return pool
  }
  const inPool = (pool: ProbePool) => [0, 1, 2, 3, 20].filter((i) => pool.has(i))

  it('keeps one answer per instance, the newest', () => {
    const pool = poolOf([0, 1, 10], [20, 5, 50], [0, 3, 30])
    expect([pool.size, pool.inFlight(0), pool.latencyMs(0)]).toEqual([2, 3, 30])
    pool.limit = 1
    pool.add(1, 0, 0, 0)
    expect(inPool(pool)).toEqual([1])
  })

  it('lets a probe be used as often as it may be, rounded at random', () => {
    const pool = poolOf([0, 0, 1])
    pool.use(0, 2.25, scripted())
    pool.use(0, 2.25, scripted(0.249))
    expect([pool.has(0), pool.inFlight(0)]).toEqual([true, 2])
    pool.use(0, 2.25, scripted())
    expect([pool.has(0), pool.size]).toEqual([false, 0])
    const other = poolOf([0, 0, 1])
    other.use(0, 1.5, scripted(0.5))
    expect(other.has(0)).toBe(false)
    const never = poolOf([0, 0, 1])
    for (let k = 0; k < 1000; k++) never.use(0, Number.POSITIVE_INFINITY, scripted())
    expect(never.has(0)).toBe(true)
  })

  it('counts uses anew with a new answer', () => {
    const pool = poolOf([0, 0, 1])
    pool.use(0, 2, scripted())
    pool.add(0, 0, 0, 1)
    pool.use(0, 2, scripted())
    expect(pool.has(0)).toBe(true)
  })

  it('removes the oldest and the worst in turn: of the hot the fullest, else the slowest', () => {
    const pool = poolOf([0, 0, 1], [1, 9, 1], [2, 3, 50], [3, 2, 40])
    pool.removeOne(5)
    expect(inPool(pool)).toEqual([1, 2, 3])
    pool.removeOne(5)
    expect(inPool(pool)).toEqual([2, 3])
    pool.add(20, 0, 0, Number.NaN)
    pool.removeOne(5)
    expect(inPool(pool)).toEqual([3, 20])
    pool.removeOne(5)
    expect(inPool(pool)).toEqual([20])
    pool.removeOne(5)
    pool.removeOne(5)
    expect(pool.size).toBe(0)
  })
})
