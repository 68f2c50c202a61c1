import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DISCIPLINES } from '../../src/scenario/index.ts'
import {
  type Arrival,
  anyArrivals,
  anySpeeds,
  anyStation,
  byJob,
  type Completion,
  completeUntil,
  naiveQueue,
  replicaOf,
  serveAll,
  serveAtChangingSpeed,
} from './station.ts'

/** Large enough that nothing is ever refused. */
const ROOMY = 100

const anyDiscipline = fc.constantFrom(...DISCIPLINES)

function expectSame(completions: readonly Completion[], expected: readonly Completion[]): void {
  expect(byJob(completions).map(({ job }) => job)).toEqual(byJob(expected).map(({ job }) => job))
  for (const [i, { queueMs, workMs, doneAtMs }] of byJob(expected).entries()) {
    const completion = byJob(completions)[i]!
    expect(completion.queueMs).toBeCloseTo(queueMs, 6)
    expect(completion.workMs).toBeCloseTo(workMs, 6)
    expect(completion.doneAtMs).toBeCloseTo(doneAtMs, 6)
  }
}

it('first come first served is the naive G/G/c/K queue, job by job and to the last bit', () => {
  fc.assert(
    fc.property(anyStation, anyArrivals, (station, arrivals) => {
      const served = serveAll(replicaOf({ ...station, discipline: 'fcfs' }), arrivals)
      expect(byJob(served)).toEqual(byJob(naiveQueue('fcfs', station, arrivals)))
    }),
    { numRuns: 300 },
  )
})

it('processor sharing is the naive one, job by job', () => {
  fc.assert(
    fc.property(anyStation, anyArrivals, (station, arrivals) => {
      const served = serveAll(replicaOf({ ...station, queueLimit: ROOMY, discipline: 'ps' }), arrivals)
      expectSame(served, naiveQueue('ps', { ...station, queueLimit: ROOMY }, arrivals))
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

it('does the work of its jobs, no more and no less, whatever its speed', () => {
  fc.assert(
    fc.property(anyStation, anyArrivals, anySpeeds, (station, arrivals, speeds) => {
      const replica = replicaOf(station)
      let doneMs = 0 // busy time by the reports, times the speed of that time
      let takenMs = 0
      let factor = 1
      let sinceMs = 0
      const passTo = (nowMs: number) => {
        completeUntil(replica, nowMs)
        const busyMs = replica.report(nowMs).cpu * (nowMs - sinceMs) * station.workers
        doneMs += busyMs * station.speed * factor
        sinceMs = nowMs
      }
      const events = [...arrivals, ...speeds].sort((a, b) => a.atMs - b.atMs)
      for (const event of events) {
        passTo(event.atMs)
        if ('factor' in event) {
          factor = event.factor
          replica.setSpeedFactor(factor, event.atMs)
        } else if (replica.arrive(0, event.workMs, event.atMs) !== 'refused') takenMs += event.workMs
      }
      passTo(1e6)
      expect(replica.inSystem).toBe(0)
      expect(doneMs).toBeCloseTo(takenMs, 5)
    }),
  )
})

it('under changing speed is the queue of constant speed on a clock that runs as fast as the replica works', () => {
  const anyWorkers = fc.integer({ min: 1, max: 3 })
  fc.assert(
    fc.property(
      anyDiscipline,
      anyWorkers,
      anyArrivals,
      anySpeeds,
      (discipline, workers, arrivals, speeds) => {
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
        const replica = replicaOf({ workers, queueLimit: ROOMY, discipline })
        const completions = serveAtChangingSpeed(replica, arrivals, speeds)
        const warped = arrivals.map(({ atMs, workMs }): Arrival => ({ atMs: workDoneAt(atMs), workMs }))
        const expected = byJob(naiveQueue(discipline, { workers, queueLimit: ROOMY, speed: 1 }, warped))
        expect(completions).toHaveLength(arrivals.length)
        for (const [job, { doneAtMs }] of byJob(completions).entries()) {
          expect(workDoneAt(doneAtMs)).toBeCloseTo(expected[job]!.doneAtMs, 6)
        }
      },
    ),
    { numRuns: 300 },
  )
})

it('is not changed by a caller who fetches everything at the very end', () => {
  fc.assert(
    fc.property(anyStation, anyArrivals, anySpeeds, (station, arrivals, speeds) => {
      const roomy = { ...station, queueLimit: ROOMY }
      const prompt = serveAtChangingSpeed(replicaOf(roomy), arrivals, speeds)
      expectSame(serveAtChangingSpeed(replicaOf(roomy), arrivals, speeds, false), prompt)
    }),
  )
})

it('does not take back at a standstill what is done at that very moment', () => {
  for (const discipline of DISCIPLINES) {
    const replica = replicaOf({ discipline })
    replica.arrive(0, 1, 2)
    expect(replica.advance(3)).toBe(0)
    replica.arrive(1, 38, 115)
    replica.setSpeedFactor(0, 153)
    expect([replica.nextEventAtMs(), replica.advance(153)]).toEqual([153, 1])
  }
})

it('with one worker is as busy first come first served as it is under processor sharing', () => {
  fc.assert(
    fc.property(anyArrivals, anySpeeds, (arrivals, evenSpeeds) => {
      // At odd moments: what is left of a job that is done just when the replica comes to a stop is a rounding error.
      const speeds = evenSpeeds.map(({ atMs, factor }) => ({ atMs: atMs + 0.37, factor }))
      const [fcfs, ps] = DISCIPLINES.map((discipline) => {
        const replica = replicaOf({ queueLimit: ROOMY, discipline })
        const events = [...arrivals, ...speeds].sort((a, b) => a.atMs - b.atMs)
        let doneAtMs = 0
        const complete = (untilMs: number): void => {
          doneAtMs = completeUntil(replica, untilMs).at(-1)?.doneAtMs ?? doneAtMs
        }
        const reports = events.map((event) => {
          complete(event.atMs)
          const { cpu } = replica.report(event.atMs)
          if ('factor' in event) replica.setSpeedFactor(event.factor, event.atMs)
          else replica.arrive(0, event.workMs, event.atMs)
          return cpu
        })
        complete(Number.MAX_VALUE)
        return [...reports, doneAtMs]
      })
      for (const [i, value] of fcfs!.entries()) expect(ps![i]).toBeCloseTo(value, 6)
    }),
  )
})

it('drops all that it has and is then as good as new', () => {
  const anyDropMs = fc.integer({ min: 0, max: 600 })
  fc.assert(
    fc.property(anyStation, anyArrivals, anyDropMs, (station, arrivals, dropMs) => {
      const replica = replicaOf(station)
      const gone = new Set<number>()
      for (const [job, { atMs, workMs }] of arrivals.entries()) {
        if (atMs > dropMs) break
        for (const done of completeUntil(replica, atMs)) gone.add(done.job)
        if (replica.arrive(job, workMs, atMs) === 'refused') gone.add(job)
      }
      for (const done of completeUntil(replica, dropMs)) gone.add(done.job)
      const inSystem = arrivals.flatMap(({ atMs }, job) => (atMs <= dropMs && !gone.has(job) ? [job] : []))
      expect(replica.drop(dropMs)).toEqual(inSystem)
      expect([replica.inSystem, replica.waiting, replica.nextEventAtMs()]).toEqual([
        0,
        0,
        Number.POSITIVE_INFINITY,
      ])
      const later = arrivals.map(({ atMs, workMs }) => ({ atMs: dropMs + atMs, workMs }))
      expectSame(serveAll(replica, later), serveAll(replicaOf(station), later))
    }),
  )
})

it('takes a job in if and only if there is room at that time, however the limit has changed', () => {
  const anyLimits = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(anyStation, anyArrivals, anyLimits, (station, arrivals, limits) => {
      const replica = replicaOf(station)
      const completions: Completion[] = []
      const taken: number[] = []
      for (const [job, { atMs, workMs }] of arrivals.entries()) {
        completions.push(...completeUntil(replica, atMs))
        const limit = limits[job % limits.length]!
        replica.setQueueLimit(limit)
        const { inSystem } = replica
        const refused = replica.arrive(job, workMs, atMs) === 'refused'
        expect(refused).toBe(inSystem >= station.workers + limit)
        expect(replica.report(atMs).memory).toBeLessThanOrEqual(1)
        if (!refused) taken.push(job)
      }
      completions.push(...completeUntil(replica, Number.MAX_VALUE))
      const roomy = { ...station, queueLimit: ROOMY }
      const expected = naiveQueue(
        station.discipline,
        roomy,
        taken.map((job) => arrivals[job]!),
      )
      expectSame(
        completions,
        expected.map((completion) => ({ ...completion, job: taken[completion.job]! })),
      )
    }),
  )
})
