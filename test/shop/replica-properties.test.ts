import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  type Arrival,
  anyArrivals,
  anyStation,
  byJob,
  completeUntil,
  naiveQueue,
  replicaOf,
  serveAll,
} from './station.ts'

/** Large enough that nothing is ever refused. */
const ROOMY = 100

it('is the naive G/G/c/K queue, job by job', () => {
  fc.assert(
    fc.property(anyStation, anyArrivals, (station, arrivals) => {
      const served = serveAll(replicaOf(station), arrivals)
      expect(byJob(served)).toEqual(byJob(naiveQueue(station, arrivals)))
    }),
    { numRuns: 300 },
  )
})

it('gives the same answers to a caller who looks only now and then', () => {
  fc.assert(
    fc.property(anyStation, anyArrivals, (station, arrivals) => {
      // Between arrivals, which fetch what is due, nobody looks at all.
      const late = replicaOf(station)
      const lateCompletions = serveAll(late, arrivals)
      const prompt = replicaOf(station)
      const promptCompletions = arrivals.flatMap(({ atMs, workMs }, job) => {
        const until: number[] = []
        while (prompt.nextEventAtMs() <= atMs) until.push(prompt.advance(prompt.nextEventAtMs()))
        prompt.arrive(job, workMs, atMs)
        return until
      })
      while (prompt.inSystem > 0) promptCompletions.push(prompt.advance(prompt.nextEventAtMs()))
      expect(promptCompletions).toEqual(lateCompletions.map(({ job }) => job))
    }),
  )
})

it("obeys Little's law: the time integral of the jobs in it is the sum of the times that they spent", () => {
  fc.assert(
    fc.property(anyStation, anyArrivals, (station, arrivals) => {
      const replica = replicaOf(station)
      let integral = 0
      let spent = 0
      let sinceMs = 0
      const passTo = (nowMs: number) => {
        integral += replica.inSystem * (nowMs - sinceMs)
        sinceMs = nowMs
      }
      const completeTo = (nowMs: number) => {
        while (replica.nextEventAtMs() <= nowMs) {
          passTo(replica.nextEventAtMs())
          replica.advance(sinceMs)
          spent += replica.completedQueueMs + replica.completedWorkMs
        }
      }
      for (const [job, { atMs, workMs }] of arrivals.entries()) {
        completeTo(atMs)
        passTo(atMs)
        replica.arrive(job, workMs, atMs)
      }
      completeTo(Number.MAX_VALUE)
      expect(Math.abs(integral - spent)).toBeLessThanOrEqual(1e-9 * spent)
    }),
  )
})

it('is as busy, by all its reports together, as its jobs were long', () => {
  fc.assert(
    fc.property(anyStation, anyArrivals, (station, arrivals) => {
      const replica = replicaOf(station)
      let busyMs = 0
      let workMs = 0
      let reportedAtMs = 0
      const report = (nowMs: number) => {
        busyMs += replica.report(nowMs).cpu * (nowMs - reportedAtMs) * station.workers
        reportedAtMs = nowMs
      }
      const completeTo = (nowMs: number) => {
        for (const completion of completeUntil(replica, nowMs)) workMs += completion.workMs
      }
      for (const [job, arrival] of arrivals.entries()) {
        completeTo(arrival.atMs)
        report(arrival.atMs)
        replica.arrive(job, arrival.workMs, arrival.atMs)
      }
      completeTo(1e6)
      report(1e6)
      expect(busyMs).toBeCloseTo(workMs, 6)
    }),
  )
})

/** Times and factors at which the speed changes, from time 0 on. */
const anySpeeds = fc
  .array(
    fc.record({ gapMs: fc.integer({ min: 1, max: 200 }), factor: fc.constantFrom(0.05, 0.3, 0.5, 1, 1.5) }),
    { maxLength: 12 },
  )
  .map((changes) => {
    let atMs = 0
    return changes.map(({ gapMs, factor }) => ({ atMs: (atMs += gapMs), factor }))
  })

it('under changing speed is the queue of constant speed on a clock that runs as fast as the replica works', () => {
  fc.assert(
    fc.property(anyArrivals, anySpeeds, fc.integer({ min: 1, max: 3 }), (arrivals, speeds, workers) => {
      const workDoneAt = (atMs: number): number => {
        let work = 0
        let factor = 1
        let sinceMs = 0
        for (const change of speeds.filter((candidate) => candidate.atMs < atMs)) {
          work += factor * (change.atMs - sinceMs)
          factor = change.factor
          sinceMs = change.atMs
        }
        return work + factor * (atMs - sinceMs)
      }
      const replica = replicaOf({ workers, queueLimit: ROOMY })
      const events = [
        ...arrivals.map((arrival, job) => ({ ...arrival, job })),
        ...speeds.map((change) => ({ ...change, job: -1, workMs: 0 })),
      ].sort((a, b) => a.atMs - b.atMs)
      const completions = events.flatMap((event) => {
        const done = completeUntil(replica, event.atMs)
        if ('factor' in event) replica.setSpeedFactor(event.factor as number, event.atMs)
        else replica.arrive(event.job, event.workMs, event.atMs)
        return done
      })
      completions.push(...completeUntil(replica, Number.MAX_VALUE))

      const warped = arrivals.map(({ atMs, workMs }): Arrival => ({ atMs: workDoneAt(atMs), workMs }))
      const expected = byJob(naiveQueue({ workers, queueLimit: ROOMY, speed: 1 }, warped))
      for (const [job, { doneAtMs }] of byJob(completions).entries()) {
        expect(workDoneAt(doneAtMs)).toBeCloseTo(expected[job]!.doneAtMs, 6)
      }
    }),
  )
})
