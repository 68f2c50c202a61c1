/** Where the words between the coordinator of a distributed run and its workers are in Redis. */

/** The queue of BullMQ; a job is a segment of a run. */
export const QUEUE = 'segments'
export const PREFIX = 'loadgen'

/** A day: whatever a run leaves behind is gone by then. */
export const KEPT_S = 86_400

/** Whose key is there, is alive. */
export const ALIVE_MS = 10_000
export const HEARTBEAT_MS = 1_000

export const WORKERS = 'loadgen:worker:'

export interface SegmentJob {
  /** Names the run. */
  readonly token: string
  /** From 0. */
  readonly index: number
}

export interface RunKeys {
  /** JSON of `DistributedPlan`. */
  readonly plan: string
  /** Is there as long as the coordinator is. */
  readonly coordinator: string
  /** Set: indices of the segments that could begin. */
  readonly ready: string
  /** When all begin, in ms of the clock of Redis. */
  readonly go: string
  /** Is there when all are to end now. */
  readonly cancel: string
  /** Hash: index to how often it was begun. */
  readonly begun: string
  /** Hash: index to JSON of `ShareProgress`. */
  readonly progress: string
  /** Hash: index to JSON of `SegmentOutcome`. The first one counts. */
  readonly results: string
  /** List: gzip chunks of a file. */
  file(index: number, attempt: number, name: string): string
}

export function runKeys(token: string): RunKeys {
  const key = (name: string): string => `loadgen:run:${token}:${name}`
  return {
    plan: key('plan'),
    coordinator: key('coordinator'),
    ready: key('ready'),
    go: key('go'),
    cancel: key('cancel'),
    begun: key('begun'),
    progress: key('progress'),
    results: key('results'),
    file: (index, attempt, name) => key(`file:${index}:${attempt}:${name}`),
  }
}

/** The name of a job: a segment has one, however often it is begun. */
export function jobId(token: string, index: number): string {
  return `${token}-${index}`
}
