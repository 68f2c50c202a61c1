/** Jobs that arrive at replicas and leave again, with the event queue of the virtual world and nothing else of it. */
import { expect } from 'vitest'
import { exponential, type Random, RandomStreams } from '../../src/core/index.ts'
import type { Discipline } from '../../src/scenario/index.ts'
import { Replica } from '../../src/shop/index.ts'
import { meanInterval } from '../../src/stats/index.ts'
import { EventQueue } from '../../src/worlds/index.ts'

/** Seeds are fixed: a failure is a wrong queue, not bad luck. */
export const streams = new RandomStreams(2026)

/** Which replica takes the next job. It sees the jobs at each; an oracle the size of this one and the replicas, too. */
export type Dispatcher = (
  inFlight: Int32Array,
  nowMs: number,
  workMs: number,
  replicas: readonly Replica[],
) => number

export interface StationSettings {
  readonly jobs: number
  /** Time to the next arrival. */
  readonly nextGap: () => number
  readonly nextWork: () => number
  /** Speed of each replica. */
  readonly speeds: readonly number[]
  readonly workers: number
  readonly queueLimit: number
  readonly discipline: Discipline
  readonly dispatch: Dispatcher
}

export interface StationResult {
  /** By job, in the order of arrival: when it came, its work, and its time in the system; NaN if it was refused. */
  readonly arrivedAt: Float64Array
  readonly work: Float64Array
  readonly times: Float64Array
  readonly refused: number
  /** Integral of the number of jobs in the system over the whole run, which begins and ends empty. */
  readonly inSystemTime: number
}

const ARRIVAL = -1

export function simulate(settings: StationSettings): StationResult {
  const { jobs, nextGap, nextWork, speeds, dispatch, ...station } = settings
  const events = new EventQueue()
  const replicas = speeds.map((speed, i) => new Replica({ id: `r-${i}`, speed, ...station }))
  const looks = new Float64Array(speeds.length).fill(Number.POSITIVE_INFINITY)
  const inFlight = new Int32Array(speeds.length)
  const arrivedAt = new Float64Array(jobs)
  const work = new Float64Array(jobs)
  const times = new Float64Array(jobs).fill(Number.NaN)
  let arrived = 0
  let refused = 0
  let inSystem = 0
  let inSystemTime = 0
  let now = 0

  const scheduleLook = (index: number): void => {
    const at = replicas[index]!.nextEventAtMs()
    if (at >= looks[index]!) return
    looks[index] = at
    events.push(at, index)
  }
  const arrive = (): void => {
    const job = arrived++
    arrivedAt[job] = now
    work[job] = nextWork()
    const to = dispatch(inFlight, now, work[job]!, replicas)
    if (replicas[to]!.arrive(job, work[job]!, now) === 'refused') refused++
    else {
      inSystem++
      inFlight[to]!++
    }
    scheduleLook(to)
    if (arrived < jobs) events.push(now + nextGap(), ARRIVAL)
  }
  const lookAt = (index: number): void => {
    if (looks[index] !== now) return
    looks[index] = Number.POSITIVE_INFINITY
    const replica = replicas[index]!
    for (let job = replica.advance(now); job !== -1; job = replica.advance(now)) {
      times[job] = replica.completedQueueMs + replica.completedWorkMs
      inSystem--
      inFlight[index]!--
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
  return { arrivedAt, work, times, refused, inSystemTime }
}

/**
 * Poisson arrivals at `rate` to one replica of one worker, first come first served without limit, with exponential
 * work of mean 1, but for what is said otherwise. Every name draws numbers of its own.
 */
export function run(name: string, rate: number, settings: Partial<StationSettings> = {}): StationResult {
  const arrivals = streams.stream(`${name}/arrivals`)
  const work = streams.stream(`${name}/work`)
  return simulate({
    jobs: 1_000_000,
    nextGap: () => exponential(arrivals, 1 / rate),
    nextWork: () => exponential(work, 1),
    speeds: [1],
    workers: 1,
    queueLimit: Number.POSITIVE_INFINITY,
    discipline: 'fcfs',
    dispatch: () => 0,
    ...settings,
  })
}

export function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** 0 where two runs are the same, bit for bit. */
export function largestDifference(a: Float64Array, b: Float64Array): number {
  expect(a).toHaveLength(b.length)
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0)
}

/**
 * Mean of correlated values with its interval, from the means of batches that are long against the correlation
 * (Law, Simulation Modeling and Analysis, section 9.5.3).
 */
export function batchMeans(values: Float64Array, confidence = 0.95, batches = 30) {
  const length = Math.floor(values.length / batches)
  const means = Array.from({ length: batches }, (_, i) =>
    meanOf(values.subarray(i * length, (i + 1) * length)),
  )
  return meanInterval(means, confidence)
}

/** The mean is theory's to 2 %, and the run is long enough that its own 95 % interval is no wider than that. */
export function expectMean(values: Float64Array, theory: number): void {
  expect(Math.abs(meanOf(values) / theory - 1), 'distance of the mean to theory').toBeLessThan(0.02)
  const { low, high } = batchMeans(values)
  expect((high - low) / 2 / theory, 'relative half width of the 95 % interval').toBeLessThan(0.02)
}

/** Little 1961, exact on every run that begins and ends empty. */
export function expectLittle({ times, inSystemTime }: StationResult): void {
  const spent = times.reduce((sum, time) => sum + (Number.isNaN(time) ? 0 : time), 0)
  expect(Math.abs(inSystemTime / spent - 1)).toBeLessThan(1e-9)
}

/** Log-normal numbers of mean 1 (Box and Muller 1958). */
export function lognormal(random: Random, sigma: number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return Math.exp(sigma * normal - (sigma * sigma) / 2)
}
