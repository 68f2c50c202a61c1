/** What faults do to a replica: it stands still, its waiting room shrinks, it crashes. */
import { describe, expect, it } from 'vitest'
import { completeUntil, replicaOf } from './station.ts'

describe('at speed 0', () => {
  it('stands still, and goes on with what was left', () => {
    const replica = replicaOf()
    replica.arrive(0, 10, 0)
    replica.setSpeedFactor(0, 4)
    expect(replica.nextEventAtMs()).toBe(Number.POSITIVE_INFINITY)
    expect(replica.advance(1e9)).toBe(-1)
    replica.setSpeedFactor(0.5, 100)
    expect(completeUntil(replica, 1000)).toEqual([{ job: 0, queueMs: 0, workMs: 112, doneAtMs: 112 }])
  })

  it('takes jobs in, with all their work before them', () => {
    const replica = replicaOf({ workers: 2 })
    replica.setSpeedFactor(0, 0)
    expect([0, 1, 2].map((job) => replica.arrive(job, 10, 5))).toEqual(['working', 'working', 'waiting'])
    replica.setSpeedFactor(1, 20)
    expect(completeUntil(replica, 1000)).toEqual([
      { job: 0, queueMs: 0, workMs: 25, doneAtMs: 30 },
      { job: 1, queueMs: 0, workMs: 25, doneAtMs: 30 },
      { job: 2, queueMs: 25, workMs: 10, doneAtMs: 40 },
    ])
  })

  it('still hands over what was done before, and begins nothing with it', () => {
    const replica = replicaOf()
    replica.arrive(0, 10, 0)
    replica.arrive(1, 10, 0)
    replica.setSpeedFactor(0, 15) // nobody has fetched job 0, and job 1 has 5 ms left
    expect(completeUntil(replica, 50).map(({ job, doneAtMs }) => [job, doneAtMs])).toEqual([[0, 10]])
    replica.setSpeedFactor(1, 100)
    expect(replica.nextEventAtMs()).toBe(105)
  })
})

describe('the queue limit', () => {
  it('may shrink below those who wait: they stay, and nobody comes in until there is room', () => {
    const replica = replicaOf({ queueLimit: 3 })
    for (const job of [0, 1, 2, 3]) replica.arrive(job, 10, 0)
    replica.setQueueLimit(1)
    expect([replica.queueLimit, replica.waiting]).toEqual([1, 3])
    expect(completeUntil(replica, 20).map(({ job }) => job)).toEqual([0, 1])
    expect(replica.arrive(4, 10, 20)).toBe('refused') // one waits
    expect(completeUntil(replica, 30).map(({ job }) => job)).toEqual([2])
    expect(replica.arrive(5, 10, 30)).toBe('waiting')
    expect(completeUntil(replica, 1000).map(({ job }) => job)).toEqual([3, 5])
  })

  it('may grow, and costs nothing until somebody waits', () => {
    const replica = replicaOf({ queueLimit: 0 })
    replica.setQueueLimit(Number.MAX_SAFE_INTEGER)
    for (let job = 0; job < 1000; job++) expect(replica.arrive(job, 1, 0)).not.toBe('refused')
    expect(completeUntil(replica, 1000).map(({ job }) => job)).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    )
  })
})

describe('dropping', () => {
  it('returns the jobs that were done and not fetched, then those worked on, then those waiting', () => {
    const replica = replicaOf({ workers: 2 })
    for (const [job, workMs] of [50, 10, 30, 10, 10].entries()) replica.arrive(job, workMs, 0)
    expect(replica.drop(20)).toEqual([1, 0, 2, 3, 4])
    expect(replica.report(40)).toEqual({ healthy: true, cpu: 0.5, memory: 0.3, queueDepth: 0 })
    expect(replica.advance(1e9)).toBe(-1)
  })
})
