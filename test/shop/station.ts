/** Driving a replica in tests, and the queue that it must behave like. */
import fc from 'fast-check'
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

/**
 * The G/G/c/K queue, first come first served, event by event and as plainly as can be: every worker is the job that
 * it has and its end, the waiting room is a list.
 */
export function naiveQueue(
  { workers, queueLimit, speed }: Omit<ReplicaOptions, 'id'>,
  arrivals: readonly Arrival[],
): Completion[] {
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

export const anyStation = fc.record({
  workers: fc.integer({ min: 1, max: 4 }),
  queueLimit: fc.integer({ min: 0, max: 6 }),
  speed: fc.constantFrom(0.25, 0.5, 1, 2),
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

/** By job: jobs that are done at the same moment may come in any order. */
export function byJob(completions: readonly Completion[]): Completion[] {
  return completions.toSorted((a, b) => a.job - b.job)
}
