/**
 * Eight replicas of four cores behind the router of a service, one of which gets into trouble in the middle third: the
 * fleet of the measured figures of policies under failures.
 */
import { exponential, RandomStreams } from '../../src/core/index.ts'
import { policyFactory, ServiceRouter } from '../../src/routing/index.ts'
import { Replica } from '../../src/shop/index.ts'
import { EventQueue } from '../../src/worlds/index.ts'
import { lognormal } from './stations.ts'

export const REPLICAS = 8
export const FAULTY = 0
export const FAIR_SHARE = 1 / REPLICAS

const CORES = 4
const MEAN_WORK_MS = 10
const UTILIZATION = 0.7
const MEAN_GAP_MS = MEAN_WORK_MS / (UTILIZATION * REPLICAS * CORES)
/** How long the faulty one takes to fail. */
const FAILS_AFTER_MS = 1
const SLOW_SPEED = 0.1

export type Trouble = 'fail-fast' | 'fail-slow'

const ARRIVAL = -1
const FAILURE = -2
const BEGIN = -3
const END = -4

/** A run, and who got its requests. */
export class FleetRun {
  readonly requests: number
  readonly #atMs: Float64Array
  readonly #to: Int32Array
  readonly #failed: Uint8Array

  constructor(requests: number) {
    this.requests = requests
    this.#atMs = new Float64Array(requests)
    this.#to = new Int32Array(requests)
    this.#failed = new Uint8Array(requests)
  }

  get endMs(): number {
    return this.requests * MEAN_GAP_MS
  }

  get troubleFromMs(): number {
    return this.endMs / 3
  }

  get troubleToMs(): number {
    return (this.endMs * 2) / 3
  }

  /** Share of all failures, without the first tenth of the requests: it warms the policies up. */
  get errorShare(): number {
    const counted = this.#failed.subarray(this.requests / 10)
    return counted.reduce((sum, failed) => sum + failed, 0) / counted.length
  }

  note(request: number, nowMs: number, to: number, failed: boolean): void {
    this.#atMs[request] = nowMs
    this.#to[request] = to
    this.#failed[request] = failed ? 1 : 0
  }

  /** Share of the requests of that time that went to the faulty one. */
  faultyShare(fromMs: number, toMs: number): number {
    let all = 0
    let faulty = 0
    for (let i = 0; i < this.requests; i++) {
      if (this.#atMs[i]! < fromMs || this.#atMs[i]! >= toMs) continue
      all++
      if (this.#to[i] === FAULTY) faulty++
    }
    return faulty / all
  }
}

export interface FleetOptions {
  /** What the router is told of a failure. An `answer` is that of a balancer that does not look at what comes back. */
  readonly toldAs?: 'failures' | 'answers'
  readonly requests?: number
}

export function runFleet(policy: string, trouble: Trouble, options: FleetOptions = {}): FleetRun {
  const { toldAs = 'failures', requests = 300_000 } = options
  const run = new FleetRun(requests)
  const streams = new RandomStreams(2026)
  const arrivals = streams.stream('failures/arrivals')
  const work = streams.stream('failures/work')
  const events = new EventQueue()
  const replicas = Array.from(
    { length: REPLICAS },
    (_, i) =>
      new Replica({
        id: `r-${i}`,
        speed: 1,
        workers: CORES,
        queueLimit: Number.POSITIVE_INFINITY,
        discipline: 'ps',
      }),
  )
  const router = new ServiceRouter({
    service: 'theory',
    instances: replicas.map(({ id }) => id),
    policy: policyFactory(policy)('theory'),
    random: streams.stream('failures/policy'),
  })
  const looks = new Float64Array(REPLICAS).fill(Number.POSITIVE_INFINITY)
  let arrived = 0
  let failing = false
  let now = 0

  const scheduleLook = (index: number): void => {
    const at = replicas[index]!.nextEventAtMs()
    if (at >= looks[index]!) return
    looks[index] = at
    events.push(at, index)
  }
  const arrive = (): void => {
    const request = arrived++
    const workMs = MEAN_WORK_MS * lognormal(work, 1)
    const to = router.decide(now, 0)
    router.onStart(to, now)
    const fails = failing && to === FAULTY
    run.note(request, now, to, fails)
    if (fails) events.push(now + FAILS_AFTER_MS, FAILURE)
    else replicas[to]!.arrive(request, workMs, now)
    scheduleLook(to)
    if (arrived < requests) events.push(now + exponential(arrivals, MEAN_GAP_MS), ARRIVAL)
  }
  const lookAt = (index: number): void => {
    if (looks[index] !== now) return
    looks[index] = Number.POSITIVE_INFINITY
    const replica = replicas[index]!
    while (replica.advance(now) !== -1) {
      const { completedQueueMs, completedWorkMs, waiting } = replica
      const latencyMs = completedQueueMs + completedWorkMs
      router.onAnswer(index, now, latencyMs, false, waiting, completedQueueMs, completedWorkMs)
    }
    scheduleLook(index)
  }
  const fail = (): void => {
    if (toldAs === 'failures') router.onAnswer(FAULTY, now, FAILS_AFTER_MS, true)
    else router.onAnswer(FAULTY, now, FAILS_AFTER_MS, false, 0, 0, FAILS_AFTER_MS)
  }
  const change = (begins: boolean): void => {
    if (trouble === 'fail-fast') failing = begins
    else replicas[FAULTY]!.setSpeedFactor(begins ? SLOW_SPEED : 1, now)
    scheduleLook(FAULTY)
  }

  events.push(run.troubleFromMs, BEGIN)
  events.push(run.troubleToMs, END)
  events.push(exponential(arrivals, MEAN_GAP_MS), ARRIVAL)
  while (events.size > 0) {
    now = events.nextTimeMs
    const event = events.pop()
    if (event === ARRIVAL) arrive()
    else if (event === FAILURE) fail()
    else if (event === BEGIN || event === END) change(event === BEGIN)
    else lookAt(event)
  }
  return run
}
