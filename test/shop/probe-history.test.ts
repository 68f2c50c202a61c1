import { describe, expect, it } from 'vitest'
import { ProbeHistory } from '../../src/shop/probe-history.ts'
import { replicaOf } from './station.ts'

function historyOf(...done: readonly (readonly [met: number, latencyMs: number, atMs?: number])[]) {
  const history = new ProbeHistory()
  for (const [job, [met, latencyMs, atMs = 0]] of done.entries()) {
    history.onArrive(job, met)
    history.onDone(job, latencyMs, atMs)
  }
  return history
}

describe('the median latency of requests that met as many others', () => {
  it('is not known at first', () => {
    expect(new ProbeHistory().medianMs(0, 0)).toBeNaN()
  })

  it('is of just that many, the lower one of two', () => {
    const history = historyOf([2, 30], [2, 10], [3, 99], [2, 20], [2, 40])
    expect(history.medianMs(2, 0)).toBe(20)
    expect(history.medianMs(3, 0)).toBe(99)
  })

  it('is of the nearest number if there are none, the lower of two that are as near', () => {
    const history = historyOf([1, 10], [5, 50])
    expect([0, 1, 2, 3, 4, 5, 7].map((met) => history.medianMs(met, 0))).toEqual([10, 10, 10, 10, 50, 50, 50])
  })

  it('does not tell large numbers apart that are nearly the same', () => {
    const history = historyOf([100, 10], [1000, 99])
    expect(history.medianMs(105, 0)).toBe(10)
    expect(history.medianMs(1_000_000, 0)).toBe(99)
  })

  it('is of the last sixteen', () => {
    const slow = Array.from({ length: 16 }, () => [1, 100] as const)
    const fast = Array.from({ length: 9 }, () => [1, 1] as const)
    expect(historyOf(...slow, ...fast).medianMs(1, 0)).toBe(1)
    expect(historyOf(...slow, ...fast.slice(2)).medianMs(1, 0)).toBe(100)
  })

  it('forgets what is ten seconds old', () => {
    const history = historyOf([1, 100, 0], [2, 7, 5000])
    expect(history.medianMs(1, 10_000)).toBe(100)
    expect(history.medianMs(1, 10_001)).toBe(7)
    expect(history.medianMs(1, 15_001)).toBeNaN()
  })
})

describe('a replica that is probed', () => {
  it('tells how many it has, and how long those took that came to as many', () => {
    const replica = replicaOf({ workers: 1 })
    expect(replica.probe(0)).toEqual({ inFlight: 0, latencyMs: Number.NaN })
    replica.arrive(0, 10, 0)
    replica.arrive(1, 10, 0)
    expect(replica.probe(0)).toEqual({ inFlight: 2, latencyMs: Number.NaN })
    expect([replica.advance(10), replica.advance(20)]).toEqual([0, 1])
    expect(replica.probe(20)).toEqual({ inFlight: 0, latencyMs: 10 })
    replica.arrive(2, 10, 20)
    expect(replica.probe(25)).toEqual({ inFlight: 1, latencyMs: 20 })
  })

  it('has a job that is done until it is fetched', () => {
    const replica = replicaOf()
    replica.probe(0)
    replica.arrive(0, 10, 0)
    expect(replica.probe(15).inFlight).toBe(1)
    expect(replica.advance(15)).toBe(0)
    expect(replica.probe(15)).toEqual({ inFlight: 0, latencyMs: 10 })
  })

  it('does not count refusals, and remembers nothing over a crash', () => {
    const replica = replicaOf({ queueLimit: 0 })
    replica.probe(0)
    replica.arrive(0, 10, 0)
    expect(replica.arrive(1, 10, 0)).toBe('refused')
    replica.advance(10)
    expect(replica.probe(10).latencyMs).toBe(10)
    replica.arrive(2, 10, 10)
    replica.drop(12)
    expect(replica.probe(12)).toEqual({ inFlight: 0, latencyMs: Number.NaN })
  })

  it('works as one that is not', () => {
    const done = [true, false].map((probed) => {
      const replica = replicaOf({ workers: 2, discipline: 'ps' })
      const times: number[] = []
      for (let job = 0; job < 20; job++) {
        for (; replica.nextEventAtMs() <= job * 3; replica.advance(replica.nextEventAtMs()))
          times.push(replica.nextEventAtMs())
        if (probed) replica.probe(job * 3)
        replica.arrive(job, 5 + (job % 4), job * 3)
      }
      return times
    })
    expect(done[0]!.length).toBeGreaterThan(10)
    expect(done[0]).toEqual(done[1])
  })
})
