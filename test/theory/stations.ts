/** Jobs that arrive at replicas and leave again, with the event queue of the virtual world and nothing else of it. */
import type { Random } from '../../src/core/index.ts'
import { Replica } from '../../src/shop/index.ts'
import { meanInterval } from '../../src/stats/index.ts'
import { EventQueue } from '../../src/worlds/index.ts'

export interface StationSettings {
  readonly jobs: number
  readonly replicas: number
  readonly workers: number
  readonly queueLimit: number
  /** Time to the next arrival. */
  readonly nextGap: () => number
  readonly nextWork: () => number
  /** Which replica takes the next job. */
  readonly nextReplica: () => number
}

export interface StationResult {
  /** Time in the system of every job that was not refused, in the order in which they left. */
  readonly times: Float64Array
  readonly refused: number
  /** Integral of the number of jobs in the system over the whole run, which begins and ends empty. */
  readonly inSystemTime: number
  readonly endsAt: number
}

const ARRIVAL = -1
/** Room for everybody in the stations without a limit. */
export const UNLIMITED = 20_000

export function simulate(settings: StationSettings): StationResult {
  const { jobs, replicas: count, workers, queueLimit, nextGap, nextWork, nextReplica } = settings
  const events = new EventQueue()
  const replicas = Array.from(
    { length: count },
    (_, i) => new Replica({ id: `r-${i}`, workers, queueLimit, speed: 1 }),
  )
  const looks = replicas.map(() => Number.POSITIVE_INFINITY)
  const times = new Float64Array(jobs)
  let arrived = 0
  let left = 0
  let refused = 0
  let inSystem = 0
  let inSystemTime = 0
  let now = 0

  const scheduleLook = (replica: number): void => {
    const at = replicas[replica]!.nextEventAtMs()
    if (at >= looks[replica]!) return
    looks[replica] = at
    events.push(at, replica)
  }
  const arrive = (): void => {
    const to = nextReplica()
    if (replicas[to]!.arrive(arrived++, nextWork(), now) === 'refused') refused++
    else inSystem++
    scheduleLook(to)
    if (arrived < jobs) events.push(now + nextGap(), ARRIVAL)
  }
  const lookAt = (index: number): void => {
    if (looks[index] !== now) return
    looks[index] = Number.POSITIVE_INFINITY
    const replica = replicas[index]!
    while (replica.advance(now) !== -1) {
      times[left++] = replica.completedQueueMs + replica.completedWorkMs
      inSystem--
    }
    scheduleLook(index)
  }

  events.push(nextGap(), ARRIVAL)
  while (events.size > 0) {
    inSystemTime += inSystem * (events.nextTimeMs - now)
    now = events.nextTimeMs
    const event = events.pop()
    if (event === ARRIVAL) arrive()
    else lookAt(event)
  }
  return { times: times.subarray(0, left), refused, inSystemTime, endsAt: now }
}

/**
 * Mean of correlated values with its interval, from the means of batches that are long against the correlation
 * (Law, Simulation Modeling and Analysis, section 9.5.3).
 */
export function batchMeans(values: Float64Array, confidence: number, batches = 30) {
  const length = Math.floor(values.length / batches)
  const means = Array.from({ length: batches }, (_, i) => {
    let sum = 0
    for (const value of values.subarray(i * length, (i + 1) * length)) sum += value
    return sum / length
  })
  return meanInterval(means, confidence)
}

/** Log-normal numbers of mean 1 (Box and Muller 1958). */
export function lognormal(random: Random, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.exp(sigma * normal - (sigma * sigma) / 2)
}
