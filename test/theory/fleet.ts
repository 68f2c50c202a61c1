/**
 * Replicas behind the router of a service: stations as in `stations.ts`, but policies see all that they see in service.
 * Answers are back the moment they are ready; instances report twice a second.
 */
import { exponential, RandomStreams } from '../../src/core/index.ts'
import { IndexBuffer, type ProbeReport, policyFactory, ServiceRouter } from '../../src/routing/index.ts'
import type { Discipline } from '../../src/scenario/index.ts'
import { Replica } from '../../src/shop/index.ts'
import { EventQueue } from '../../src/worlds/index.ts'
import { newTruth, tell } from './dispatchers.ts'
import { lognormal } from './stations.ts'

export interface Fleet {
  /** Of each replica; 1 is nominal. */
  readonly speeds: readonly number[]
  readonly cores: number
  readonly discipline: Discipline
  /** Of the capacity of all. */
  readonly utilization: number
  /** From a probe to its answer, which is how things were half of that ago; 0 if not told. */
  readonly probeMs?: number
}

export interface FleetTimes {
  readonly meanMs: number
  readonly p99Ms: number
}

const MEAN_WORK_MS = 10
const SIGMA = 1
const REPORT_MS = 500
const ARRIVAL = -1
const REPORT = -2
const PROBE_ASKS = -3
const PROBE_TELLS = -4

/** Poisson arrivals of log-normal work. The same seed brings the same jobs to every policy. */
export function runFleet(policyText: string, fleet: Fleet, jobs: number, seed: number): FleetTimes {
  return new FleetRun(policyText, fleet, jobs, seed).run()
}

class FleetRun {
  readonly #jobs: number
  readonly #gapMs: number
  readonly #replicas: readonly Replica[]
  readonly #router: ServiceRouter
  readonly #events = new EventQueue()
  readonly #looks: Float64Array
  readonly #to: Int32Array
  readonly #arrivedAtMs: Float64Array
  readonly #timesMs: Float64Array
  readonly #targets = new IndexBuffer()
  readonly #arrivals: () => number
  readonly #work: () => number
  readonly #probes: () => number
  readonly #probeMs: number
  /** On their way to the instances, and back. */
  readonly #asking: number[] = []
  readonly #telling: ProbeReport[] = []
  #arrived = 0
  #nowMs = 0

  constructor(
    policyText: string,
    { speeds, cores, discipline, utilization, probeMs = 0 }: Fleet,
    jobs: number,
    seed: number,
  ) {
    const streams = new RandomStreams(seed)
    this.#jobs = jobs
    this.#probeMs = probeMs
    this.#gapMs = MEAN_WORK_MS / (utilization * cores * speeds.reduce((sum, speed) => sum + speed, 0))
    this.#replicas = speeds.map(
      (speed, i) =>
        new Replica({
          id: `r-${i}`,
          workers: cores,
          queueLimit: Number.POSITIVE_INFINITY,
          speed,
          discipline,
        }),
    )
    this.#router = new ServiceRouter({
      service: 'theory',
      instances: this.#replicas.map(({ id }) => id),
      policy: policyFactory(policyText)('theory'),
      random: streams.stream('policy'),
    })
    if (this.#router.policy.needsTruth === true) this.#router.observation.truth = newTruth(speeds.length)
    this.#looks = new Float64Array(speeds.length).fill(Number.POSITIVE_INFINITY)
    this.#to = new Int32Array(jobs)
    this.#arrivedAtMs = new Float64Array(jobs)
    this.#timesMs = new Float64Array(jobs)
    this.#arrivals = streams.stream('arrivals')
    this.#work = streams.stream('work')
    this.#probes = streams.stream('probes')
  }

  run(): FleetTimes {
    const events = this.#events
    events.push(exponential(this.#arrivals, this.#gapMs), ARRIVAL)
    events.push(0, REPORT)
    // Reports go on until the last job has come.
    while (events.size > 0) {
      this.#nowMs = events.nextTimeMs
      const event = events.pop()
      if (event === ARRIVAL) this.#arrive()
      else if (event === REPORT) this.#report()
      else if (event === PROBE_ASKS) this.#ask()
      else if (event === PROBE_TELLS) this.#tellOf(this.#telling.shift()!)
      else this.#look(event)
    }
    return timesOf(this.#timesMs)
  }

  #arrive(): void {
    const job = this.#arrived++
    const workMs = MEAN_WORK_MS * lognormal(this.#work, SIGMA)
    const router = this.#router
    const { truth } = router.observation
    if (truth !== undefined) tell(truth, workMs, this.#replicas, this.#nowMs)
    const to = router.decide(this.#nowMs, 0)
    router.onStart(to, this.#nowMs)
    this.#to[job] = to
    this.#arrivedAtMs[job] = this.#nowMs
    this.#replicas[to]!.arrive(job, workMs, this.#nowMs)
    this.#schedule(to)
    this.#probe()
    if (this.#arrived < this.#jobs)
      this.#events.push(this.#nowMs + exponential(this.#arrivals, this.#gapMs), ARRIVAL)
  }

  #probe(): void {
    const { policy, observation } = this.#router
    if (policy.probes === undefined) return
    const targets = this.#targets.of(observation.count)
    const count = policy.probes(observation, this.#probes, targets)
    for (let k = 0; k < count; k++) {
      this.#asking.push(targets[k]!)
      if (this.#probeMs === 0) this.#ask()
      else this.#events.push(this.#nowMs + this.#probeMs / 2, PROBE_ASKS)
    }
  }

  #ask(): void {
    const instance = this.#asking.shift()!
    const nowMs = this.#nowMs + this.#probeMs / 2
    const report = { instance, nowMs, ...this.#replicas[instance]!.probe(this.#nowMs) }
    if (this.#probeMs === 0) return this.#tellOf(report)
    this.#telling.push(report)
    this.#events.push(nowMs, PROBE_TELLS)
  }

  #tellOf(report: ProbeReport): void {
    this.#router.policy.onProbe!(report)
  }

  #report(): void {
    for (const [i, replica] of this.#replicas.entries())
      this.#router.onReport(i, replica.report(this.#nowMs), this.#nowMs)
    if (this.#arrived < this.#jobs) this.#events.push(this.#nowMs + REPORT_MS, REPORT)
  }

  #look(index: number): void {
    if (this.#looks[index] !== this.#nowMs) return
    this.#looks[index] = Number.POSITIVE_INFINITY
    const replica = this.#replicas[index]!
    for (let job = replica.advance(this.#nowMs); job !== -1; job = replica.advance(this.#nowMs)) {
      const tookMs = this.#nowMs - this.#arrivedAtMs[job]!
      this.#timesMs[job] = tookMs
      const { completedQueueMs, completedWorkMs, waiting } = replica
      this.#router.onAnswer(index, this.#nowMs, tookMs, false, waiting, completedQueueMs, completedWorkMs)
    }
    this.#schedule(index)
  }

  #schedule(index: number): void {
    const atMs = this.#replicas[index]!.nextEventAtMs()
    if (atMs >= this.#looks[index]!) return
    this.#looks[index] = atMs
    this.#events.push(atMs, index)
  }
}

/** Without the first tenth, in which the fleet fills and policies learn. */
function timesOf(timesMs: Float64Array): FleetTimes {
  const settled = timesMs.slice(Math.floor(timesMs.length / 10)).sort()
  return {
    meanMs: settled.reduce((sum, time) => sum + time, 0) / settled.length,
    p99Ms: settled[Math.floor(0.99 * settled.length)]!,
  }
}
