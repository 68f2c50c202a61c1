/** What oracles are told of a replica: its speed, the work that it has not done yet, and what one job more would cost. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DISCIPLINES } from '../../src/scenario/index.ts'
import { replicaOf } from './station.ts'

const works = fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), { minLength: 1, maxLength: 12 })
const speeds = fc.double({ min: 0.1, max: 4, noNaN: true })
const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)

describe.each(DISCIPLINES)('%s', (discipline) => {
  it('is all work at first, and none at the end', () => {
    fc.assert(
      fc.property(works, speeds, fc.integer({ min: 1, max: 4 }), (worksMs, speed, workers) => {
        const replica = replicaOf({ discipline, speed, workers })
        for (const [job, workMs] of worksMs.entries()) replica.arrive(job, workMs, 5)
        expect(replica.workLeftMs(5)).toBeCloseTo(sumOf(worksMs), 6)
        let endMs = 5
        for (; replica.inSystem > 0; replica.advance(endMs)) endMs = replica.nextEventAtMs()
        expect(replica.workLeftMs(endMs)).toBe(0)
      }),
    )
  })

  it('of one worker is done just when it stands empty', () => {
    const share = fc.double({ min: 0, max: 0.99, noNaN: true })
    fc.assert(
      fc.property(works, speeds, share, (worksMs, speed, when) => {
        const replica = replicaOf({ discipline, speed })
        for (const [job, workMs] of worksMs.entries()) replica.arrive(job, workMs, 0)
        const emptyAtMs = sumOf(worksMs) / speed
        const nowMs = when * emptyAtMs
        while (replica.nextEventAtMs() <= nowMs) replica.advance(replica.nextEventAtMs())
        expect(nowMs + replica.workLeftMs(nowMs) / replica.speed).toBeCloseTo(emptyAtMs, 6)
      }),
    )
  })

  it('stays as it is while the replica stands still, and shrinks with the speed of the moment', () => {
    const replica = replicaOf({ discipline, speed: 2, workers: 1 })
    replica.arrive(0, 30, 0)
    replica.arrive(1, 30, 0)
    expect([replica.speed, replica.workLeftMs(10)]).toEqual([2, 40])
    replica.setSpeedFactor(0, 10)
    replica.arrive(2, 7, 15)
    expect([replica.speed, replica.workLeftMs(20)]).toEqual([0, 47])
    replica.setSpeedFactor(0.5, 20)
    expect(replica.speed).toBe(1)
    expect(replica.workLeftMs(25)).toBeCloseTo(42, 9)
  })

  it('does not count what is done and only not fetched', () => {
    const replica = replicaOf({ discipline })
    replica.arrive(0, 10, 0)
    replica.arrive(1, 1000, 0)
    expect(replica.workLeftMs(100)).toBeCloseTo(910, 9)
    expect(replica.inSystem).toBe(2)
  })
})

describe.each(DISCIPLINES)('one job more: %s', (discipline) => {
  interface Scene {
    readonly workers: number
    readonly speed: number
    readonly worksMs: readonly number[]
    readonly oneMoreMs: number
    readonly nowMs: number
  }

  /** When each job is done, by its number; those that were there came at 0. */
  function endsOf({ workers, speed, worksMs, oneMoreMs, nowMs }: Scene, withOneMore: boolean) {
    const replica = replicaOf({ discipline, workers, speed })
    const ends = new Map<number, number>()
    const completeUntil = (untilMs: number) => {
      for (let atMs = replica.nextEventAtMs(); atMs <= untilMs; atMs = replica.nextEventAtMs())
        ends.set(replica.advance(atMs), atMs)
    }
    for (const [job, workMs] of worksMs.entries()) replica.arrive(job, workMs, 0)
    completeUntil(nowMs)
    const addedMs = replica.addedMs(oneMoreMs, nowMs)
    if (withOneMore) replica.arrive(worksMs.length, oneMoreMs, nowMs)
    completeUntil(Number.MAX_VALUE)
    return { ends, addedMs }
  }

  const scenes = fc.record<Scene>({
    workers: fc.integer({ min: 1, max: 4 }),
    speed: speeds,
    worksMs: fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), { maxLength: 12 }),
    oneMoreMs: fc.double({ min: 0.1, max: 100, noNaN: true }),
    nowMs: fc.double({ min: 0, max: 60, noNaN: true }),
  })

  it('costs its own time, and what the others are later', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        const { ends, addedMs } = endsOf(scene, true)
        const without = endsOf(scene, false).ends
        const ownMs = ends.get(scene.worksMs.length)! - scene.nowMs
        const othersMs = sumOf([...without].map(([job, endMs]) => ends.get(job)! - endMs))
        expect(addedMs).toBeCloseTo(ownMs + othersMs, 6)
      }),
    )
  })

  it('has no end where nothing moves', () => {
    const replica = replicaOf({ discipline })
    replica.setSpeedFactor(0, 0)
    expect(replica.addedMs(1, 0)).toBe(Number.POSITIVE_INFINITY)
  })
})
