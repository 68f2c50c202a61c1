/** Driving a replica in tests, and the queues that it must behave like. */
import fc from 'fast-check'
import { DISCIPLINES, type Discipline } from '../../src/scenario/index.ts'
import { Replica, type ReplicaOptions } from '../../src/shop/index.ts'

export interface Arrival {
  readonly atMs: number
  readonly workMs: number
}

export interface Completion {
  readonly job: number
  readonly queueMs: number
  readonly workMs: number
  readonly doneAtMs: number
}

export function replicaOf(options: Partial<ReplicaOptions> = {}): Replica {
  return new Replica({ id: 'r-1', workers: 1, queueLimit: 100, speed: 1, ...options })
}

/** Completes everything that is done by `untilMs`, as late as then. */
export function completeUntil(replica: Replica, untilMs: number): Completion[] {
  const completions: Completion[] = []
  while (replica.nextEventAtMs() <= untilMs) {
    const doneAtMs = replica.nextEventAtMs()
    const job = replica.advance(untilMs)
    completions.push({ job, queueMs: replica.completedQueueMs, workMs: replica.completedWorkMs, doneAtMs })
  }
  return completions
}

/** Lets all jobs arrive, numbered by their place, and completes them. Refused jobs are missing from the result. */
export function serveAll(replica: Replica, arrivals: readonly Arrival[]): Completion[] {
  const completions: Completion[] = []
  for (const [job, { atMs, workMs }] of arrivals.entries()) {
    completions.push(...completeUntil(replica, atMs))
    replica.arrive(job, workMs, atMs)
  }
  return [...completions, ...completeUntil(replica, Number.MAX_VALUE)]
}

/** From then on, it works at so many times its own speed. */
export interface SpeedChange {
  readonly atMs: number
  readonly factor: number
}

/**
 * Lets arrivals and changes of speed happen in the order of time, changes last among those of one time, and
 * completes all jobs. A prompt caller fetches what is done before each of them, a late one only at the end.
 */
export function serveAtChangingSpeed(
  replica: Replica,
  arrivals: readonly Arrival[],
  speeds: readonly SpeedChange[],
  prompt = true,
): Completion[] {
  const completions: Completion[] = []
  const events = [
    ...arrivals.map(({ atMs, workMs }, job) => ({ atMs, happen: () => replica.arrive(job, workMs, atMs) })),
    ...speeds.map(({ atMs, factor }) => ({ atMs, happen: () => replica.setSpeedFactor(factor, atMs) })),
  ].sort((a, b) => a.atMs - b.atMs)
  for (const { atMs, happen } of events) {
    if (prompt) completions.push(...completeUntil(replica, atMs))
    happen()
  }
  return [...completions, ...completeUntil(replica, Number.MAX_VALUE)]
}

type NaiveStation = Omit<ReplicaOptions, 'id' | 'discipline'>

/** The queue of this discipline, event by event and as plainly as can be. */
export function naiveQueue(
  discipline: Discipline,
  station: NaiveStation,
  arrivals: readonly Arrival[],
): Completion[] {
  return discipline === 'fcfs' ? naiveFcfs(station, arrivals) : naiveSharing(station, arrivals)
}

/** The G/G/c/K queue, first come first served: every worker is the job that it has and its end, a list waits. */
function naiveFcfs({ workers, queueLimit, speed }: NaiveStation, arrivals: readonly Arrival[]): Completion[] {
  const completions: Completion[] = []
  const waiting: number[] = []
  const working: { job: number; sinceMs: number; doneAtMs: number }[] = []
  const begin = (job: number, nowMs: number) =>
    working.push({ job, sinceMs: nowMs, doneAtMs: nowMs + arrivals[job]!.workMs / speed })
  const completeFirst = () => {
    working.sort((a, b) => a.doneAtMs - b.doneAtMs)
    const { job, sinceMs, doneAtMs } = working.shift()!
    completions.push({ job, queueMs: sinceMs - arrivals[job]!.atMs, workMs: doneAtMs - sinceMs, doneAtMs })
    if (waiting.length > 0) begin(waiting.shift()!, doneAtMs)
  }
  const nextDoneMs = () => Math.min(...working.map(({ doneAtMs }) => doneAtMs))
  for (const [job, { atMs }] of arrivals.entries()) {
    while (nextDoneMs() <= atMs) completeFirst()
    if (working.length < workers) begin(job, atMs)
    else if (waiting.length < queueLimit) waiting.push(job)
  }
  while (working.length > 0) completeFirst()
  return completions
}

/** Processor sharing: what every job has left goes down, evenly, from one event to the next. */
function naiveSharing(
  { workers, queueLimit, speed }: NaiveStation,
  arrivals: readonly Arrival[],
): Completion[] {
  const completions: Completion[] = []
  let jobs: { job: number; leftMs: number }[] = []
  let nowMs = 0
  const rate = () => (speed * Math.min(workers, jobs.length)) / jobs.length
  const workTo = (untilMs: number) => {
    while (jobs.length > 0) {
      const leastMs = Math.min(...jobs.map(({ leftMs }) => leftMs))
      const doneAtMs = nowMs + leastMs / rate()
      const untilNextMs = Math.min(untilMs, doneAtMs)
      const each = (untilNextMs - nowMs) * rate()
      jobs = jobs.map(({ job, leftMs }) => ({ job, leftMs: leftMs - each }))
      nowMs = untilNextMs
      if (doneAtMs > untilMs) break
      for (const { job } of jobs.filter(({ leftMs }) => leftMs < 1e-9)) {
        completions.push({ job, queueMs: 0, workMs: nowMs - arrivals[job]!.atMs, doneAtMs: nowMs })
      }
      jobs = jobs.filter(({ leftMs }) => leftMs >= 1e-9)
    }
    nowMs = untilMs
  }
  for (const [job, { atMs, workMs }] of arrivals.entries()) {
    workTo(atMs)
    if (jobs.length < workers + queueLimit) jobs.push({ job, leftMs: workMs })
  }
  workTo(Number.MAX_VALUE)
  return completions
}

export const anyStation = fc.record({
  workers: fc.integer({ min: 1, max: 4 }),
  queueLimit: fc.integer({ min: 0, max: 6 }),
  speed: fc.constantFrom(0.25, 0.5, 1, 2),
  discipline: fc.constantFrom(...DISCIPLINES),
})

/** Up to 60 jobs in the order of time; several may come at once. */
export const anyArrivals = fc
  .array(fc.record({ gapMs: fc.integer({ min: 0, max: 40 }), workMs: fc.integer({ min: 1, max: 60 }) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((jobs) => {
    let atMs = 0
    return jobs.map(({ gapMs, workMs }): Arrival => ({ atMs: (atMs += gapMs), workMs }))
  })

/** Times and factors at which the speed changes, from time 0 on. It may stand still, but not for ever. */
export const anySpeeds = fc
  .array(
    fc.record({ gapMs: fc.integer({ min: 1, max: 200 }), factor: fc.constantFrom(0, 0.05, 0.3, 1, 1.5) }),
    { maxLength: 12 },
  )
  .map((changes) => {
    let atMs = 0
    const speeds = changes.map(({ gapMs, factor }): SpeedChange => ({ atMs: (atMs += gapMs), factor }))
    return [...speeds, { atMs: atMs + 100, factor: 1 }]
  })

/** By job: jobs that are done at the same moment may come in any order. */
export function byJob(completions: readonly Completion[]): Completion[] {
  return completions.toSorted((a, b) => a.job - b.job)
}
