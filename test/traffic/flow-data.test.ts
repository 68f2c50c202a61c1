import { describe, expect, it } from 'vitest'
import { keyedStream } from '../../src/core/index.ts'
import type { FlowData } from '../../src/scenario/index.ts'
import { DataFeed } from '../../src/traffic/flow-data.ts'
import { phaseOf } from '../shop/small-scenario.ts'

const ROWS = 20

function rowsOf(
  order: FlowData['order'],
  seed: number,
  passes: readonly (readonly [place: number, visits: number])[],
  users = 1,
) {
  const phase = phaseOf({ users })
  const rows = Array.from({ length: ROWS }, (_, i) => [i])
  const feed = new DataFeed({ order, columns: ['n'], rows }, 'flow', seed)
  return passes.map(([place, visits]) =>
    feed.rowOf({
      place,
      visits,
      random: keyedStream(place * 1000 + visits),
      currentPhase: () => phase,
    }),
  )
}

const firstPasses = (users: number) => Array.from({ length: users }, (_, place) => [place, 1] as const)
const passesOf = (place: number, count: number) =>
  Array.from({ length: count }, (_, i) => [place, i + 1] as const)
const inOrder = (rows: readonly number[]): number[] => rows.toSorted((a, b) => a - b)
const ALL = Array.from({ length: ROWS }, (_, i) => i)

describe('the rows of passes', () => {
  it('are the next ones in sequence, by user and by pass', () => {
    expect(rowsOf('sequential', 1, firstPasses(ROWS + 2))).toEqual([...ALL, 0, 1])
    expect(rowsOf('sequential', 1, passesOf(3, 3))).toEqual([3, 4, 5])
    expect(rowsOf('sequential', 1, passesOf(3, 3), 5)).toEqual([3, 8, 13])
  })

  it.each(['sequential', 'shuffled'] as const)('come once each when %s, whoever has them', (order) => {
    const users = 5
    const passes = firstPasses(users).flatMap(([place]) => passesOf(place, ROWS / users))
    expect(inOrder(rowsOf(order, 1, passes, users))).toEqual(ALL)
  })

  it('are all of them once in every round when shuffled, in another order each', () => {
    const rows = rowsOf('shuffled', 1, firstPasses(3 * ROWS))
    const rounds = [0, 1, 2].map((round) => rows.slice(round * ROWS, (round + 1) * ROWS))
    for (const round of rounds) expect(inOrder(round)).toEqual(ALL)
    expect(rounds[0]).not.toEqual(rounds[1])
    expect(rounds[0]).not.toEqual(ALL)
    expect(rowsOf('shuffled', 1, firstPasses(3 * ROWS))).toEqual(rows)
    expect(rowsOf('shuffled', 2, firstPasses(3 * ROWS))).not.toEqual(rows)
  })

  it('are any at random, and each comes up', () => {
    const rows = rowsOf('random', 1, firstPasses(400))
    expect(new Set(rows).size).toBe(ROWS)
    expect(Math.max(...ALL.map((row) => rows.filter((one) => one === row).length))).toBeLessThan(50)
  })

  it('stay with their user', () => {
    expect(rowsOf('per-user', 1, passesOf(7, 4))).toEqual([7, 7, 7, 7])
    expect(rowsOf('per-user', 1, firstPasses(ROWS))).toEqual(ALL)
  })
})
