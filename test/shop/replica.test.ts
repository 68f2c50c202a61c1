import { describe, expect, it } from 'vitest'
import { completeUntil, replicaOf, serveAll } from './station.ts'

describe('a replica', () => {
  it('takes up as many jobs as it has workers, and lets the others wait', () => {
    const replica = replicaOf({ workers: 2 })
    expect([0, 1, 2].map((job) => replica.arrive(job, 10, 0))).toEqual(['working', 'working', 'waiting'])
    expect([replica.waiting, replica.inSystem]).toEqual([1, 3])
  })

  it('serves in the order of arrival', () => {
    const arrivals = [50, 5, 20, 1].map((workMs, i) => ({ atMs: i, workMs }))
    expect(serveAll(replicaOf(), arrivals)).toEqual([
      { job: 0, queueMs: 0, workMs: 50, doneAtMs: 50 },
      { job: 1, queueMs: 49, workMs: 5, doneAtMs: 55 },
      { job: 2, queueMs: 53, workMs: 20, doneAtMs: 75 },
      { job: 3, queueMs: 72, workMs: 1, doneAtMs: 76 },
    ])
  })

  it('refuses exactly when the waiting room is full, and takes jobs again when it is not', () => {
    const replica = replicaOf({ workers: 2, queueLimit: 3 })
    const admissions = Array.from({ length: 7 }, (_, job) => replica.arrive(job, 10, 0))
    expect(admissions.slice(2)).toEqual(['waiting', 'waiting', 'waiting', 'refused', 'refused'])
    expect(replica.inSystem).toBe(5)
    expect(replica.advance(10)).toBe(0)
    expect(replica.arrive(7, 10, 10)).toBe('waiting')
    expect(replica.arrive(8, 10, 10)).toBe('refused')
  })

  it('without a waiting room refuses whatever finds all workers busy', () => {
    const replica = replicaOf({ queueLimit: 0 })
    expect(replica.arrive(0, 10, 0)).toBe('working')
    expect(replica.arrive(1, 10, 9)).toBe('refused')
    expect(completeUntil(replica, 10).map(({ job }) => job)).toEqual([0])
    expect(replica.arrive(2, 10, 10)).toBe('working')
  })

  it('has nothing to do when it is idle', () => {
    const replica = replicaOf()
    expect(replica.nextEventAtMs()).toBe(Number.POSITIVE_INFINITY)
    expect(replica.advance(1e12)).toBe(-1)
  })

  it('completes nothing before its time', () => {
    const replica = replicaOf()
    replica.arrive(4, 10, 5)
    expect(replica.nextEventAtMs()).toBe(15)
    expect(replica.advance(14.999)).toBe(-1)
    expect(replica.advance(15)).toBe(4)
  })
})

describe('speed', () => {
  it('divides the work', () => {
    expect(serveAll(replicaOf({ speed: 0.5 }), [{ atMs: 0, workMs: 10 }])[0]!.doneAtMs).toBe(20)
  })

  it('changes in the middle of jobs, of each worker by what it has left', () => {
    const replica = replicaOf({ workers: 2, speed: 2 })
    replica.arrive(0, 40, 0) // 20 ms at speed 2
    replica.arrive(1, 100, 0) // 50 ms
    replica.setSpeedFactor(0.5, 10) // 10 and 40 ms are left, now twice as long
    expect(completeUntil(replica, 30)).toEqual([{ job: 0, queueMs: 0, workMs: 30, doneAtMs: 30 }])
    replica.setSpeedFactor(1, 50) // of the 80 ms that were left at 10, 40 are left, and now half as long
    expect(completeUntil(replica, 1000)).toEqual([{ job: 1, queueMs: 0, workMs: 70, doneAtMs: 70 }])
  })

  it('is relative to its own, not to the factor before', () => {
    const replica = replicaOf()
    for (const factor of [0.5, 0.25, 0.5]) replica.setSpeedFactor(factor, 0)
    replica.arrive(0, 10, 0)
    expect(replica.nextEventAtMs()).toBe(20)
  })

  it('counts for waiting jobs from when they begin', () => {
    const replica = replicaOf()
    replica.arrive(0, 10, 0)
    replica.arrive(1, 10, 0)
    replica.setSpeedFactor(0.5, 10)
    expect(completeUntil(replica, 1000).map(({ doneAtMs }) => doneAtMs)).toEqual([10, 30])
  })

  it('does not change when a job was done that is only fetched later', () => {
    const replica = replicaOf()
    replica.arrive(0, 10, 0)
    replica.setSpeedFactor(0.1, 15)
    expect(completeUntil(replica, 20)).toEqual([{ job: 0, queueMs: 0, workMs: 10, doneAtMs: 10 }])
  })
})

describe('a late caller', () => {
  it('does not delay the queue: a job begins when the one before was done', () => {
    const replica = replicaOf()
    for (const job of [0, 1, 2]) replica.arrive(job, 10, 0)
    expect(completeUntil(replica, 25).map(({ job, doneAtMs }) => [job, doneAtMs])).toEqual([
      [0, 10],
      [1, 20],
    ])
    expect(replica.nextEventAtMs()).toBe(30)
  })

  it('never has a job begin before it came', () => {
    const replica = replicaOf()
    replica.arrive(0, 10, 0)
    replica.arrive(1, 10, 12) // nobody has fetched job 0 yet
    expect(completeUntil(replica, 1000).at(-1)).toEqual({ job: 1, queueMs: 0, workMs: 10, doneAtMs: 22 })
  })

  it('finds the jobs that were put aside in the order in which they were done', () => {
    const replica = replicaOf({ workers: 2, queueLimit: 0 })
    replica.arrive(0, 20, 0)
    replica.arrive(1, 10, 0)
    expect(replica.arrive(2, 10, 30)).toBe('working') // both are done, though nobody has fetched them
    expect(replica.inSystem).toBe(3)
    expect(completeUntil(replica, 100).map(({ job, doneAtMs }) => [job, doneAtMs])).toEqual([
      [1, 10],
      [0, 20],
      [2, 40],
    ])
  })
})

describe('report', () => {
  it('gives the busy share of the workers since the report before', () => {
    const replica = replicaOf({ workers: 2 })
    replica.arrive(0, 30, 10)
    expect(replica.report(20).cpu).toBe(0.25) // 10 of 2 x 20 ms
    replica.arrive(1, 30, 20)
    expect(replica.report(30).cpu).toBe(1)
    completeUntil(replica, 40)
    expect(replica.report(50).cpu).toBe(0.75) // job 0 until 40, job 1 until 50
    completeUntil(replica, 50)
    expect(replica.report(90).cpu).toBe(0)
  })

  it('says 0 when no time has passed', () => {
    const replica = replicaOf()
    replica.arrive(0, 10, 0)
    expect(replica.report(0).cpu).toBe(0)
    expect(replica.report(5).cpu).toBe(1)
    expect(replica.report(5).cpu).toBe(0)
  })

  it('tells how many wait, and memory that grows to 1 as the replica fills up', () => {
    const replica = replicaOf({ queueLimit: 3 })
    expect(replica.report(0)).toEqual({ healthy: true, cpu: 0, memory: 0.3, queueDepth: 0 })
    for (const job of [0, 1, 2]) replica.arrive(job, 10, 0)
    expect(replica.report(0)).toMatchObject({ queueDepth: 2, memory: 0.3 + 0.7 * 0.75 })
    replica.arrive(3, 10, 0)
    expect(replica.report(0).memory).toBe(1)
  })

  it('passes on the health that it is given, and memory that has leaked', () => {
    const replica = replicaOf()
    replica.healthy = false
    replica.leakedMemory = 0.25
    expect(replica.report(0)).toMatchObject({ healthy: false, memory: 0.55 })
    replica.leakedMemory = 0.9
    expect(replica.report(0).memory).toBe(1)
  })
})
