/**
 * A balancer and nothing around it: Poisson arrivals at load 0.8 on eight replicas of four workers each, routed by a
 * `ServiceRouter`. Every decision is kept in memory as numbers: what was seen, the probabilities, the choice, and
 * what became of it. Beside it, the M/M/16 loop in C.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RandomStreams } from '../src/core/index.ts'
import { CONTEXT_WIDTH, INSTANCE_WIDTH, policyFactory, ServiceRouter } from '../src/routing/index.ts'
import { Replica } from '../src/shop/index.ts'
import { EventQueue } from '../src/worlds/index.ts'
import type { BenchRow } from './bench-row.ts'
import { mediansInTurns } from './in-turns.ts'
import { cBaseline } from './mm16.ts'

const POLICIES = [
  'least-outstanding',
  'epsilon-greedy(least-outstanding)',
  'power-of-two-choices',
  'peak-ewma',
]
const REPLICAS = 8
const WORKERS = 4
const QUEUE_LIMIT = 1000
const MEAN_WORK_MS = 10
const MEAN_GAP_MS = MEAN_WORK_MS / (0.8 * REPLICAS * WORKERS)
const POLL_MS = 1000
const REQUESTS = 200_000
const QUANTILES = Float64Array.from({ length: 4096 }, (_, i) => -Math.log((i + 0.5) / 4096))
/** Numbers per decision (time, context, probabilities, rows, choice) and per answer (decision, time, latency). */
const WIDTH = 1 + CONTEXT_WIDTH + REPLICAS * (INSTANCE_WIDTH + 1) + 1
const ANSWER_WIDTH = 3

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'loadgen-bench-'))
  try {
    const c = cBaseline(folder)
    // Used again by every run, so that the memory is there when the clock starts.
    const kept: Kept = {
      decisions: new Float64Array(REQUESTS * WIDTH),
      answers: new Float64Array(REQUESTS * ANSWER_WIDTH),
    }
    const [baseline, ...values] = (await mediansInTurns([
      c ?? (() => Number.NaN),
      ...POLICIES.map((policy) => () => new Balancer(policy, kept).requestsPerSecond()),
    ])) as [number, ...number[]]
    return POLICIES.map((policy, i) => {
      const row = { name: `balancer, ${policy}`, value: values[i]!, unit: 'routed requests/s' }
      if (c === undefined) return row
      const against = { name: 'M/M/16 in C, events/s', value: baseline }
      return { ...row, baseline: against, ratio: row.value / baseline }
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

interface Kept {
  readonly decisions: Float64Array
  readonly answers: Float64Array
}

const ARRIVAL = REPLICAS
const POLL = REPLICAS + 1

class Balancer {
  readonly #decisions: Float64Array
  readonly #answers: Float64Array
  readonly #router: ServiceRouter
  readonly #events = new EventQueue()
  readonly #replicas: readonly Replica[]
  readonly #looks = new Float64Array(REPLICAS).fill(Number.POSITIVE_INFINITY)
  #state = 2463534242
  #nowMs = 0
  #requests = 0
  #answered = 0

  constructor(policy: string, kept: Kept) {
    const instances = Array.from({ length: REPLICAS }, (_, i) => `cart-${i + 1}`)
    this.#decisions = kept.decisions
    this.#answers = kept.answers
    this.#router = new ServiceRouter({
      service: 'cart-service',
      instances,
      policy: policyFactory(policy)('cart-service'),
      random: new RandomStreams(1).stream('policy'),
    })
    this.#replicas = instances.map(
      (id) => new Replica({ id, workers: WORKERS, queueLimit: QUEUE_LIMIT, speed: 1 }),
    )
  }

  requestsPerSecond(): number {
    const startMs = performance.now()
    this.#events.push(0, POLL)
    this.#events.push(0, ARRIVAL)
    while (this.#requests < REQUESTS) {
      this.#nowMs = this.#events.nextTimeMs
      const event = this.#events.pop()
      if (event === ARRIVAL) this.#arrive()
      else if (event === POLL) this.#poll()
      else this.#look(event)
    }
    return (REQUESTS * 1000) / (performance.now() - startMs)
  }

  #arrive(): void {
    this.#events.push(this.#nowMs + this.#exponential(MEAN_GAP_MS), ARRIVAL)
    const router = this.#router
    const request = this.#requests++
    const chosen = router.decide(this.#nowMs, 0)
    this.#keep(request, chosen)
    router.onStart(chosen, this.#nowMs)
    this.#replicas[chosen]!.arrive(request, this.#exponential(MEAN_WORK_MS), this.#nowMs)
    this.#scheduleLook(chosen)
  }

  #keep(request: number, chosen: number): void {
    const { observation, propensities } = this.#router
    const kept = this.#decisions
    let at = request * WIDTH
    kept[at++] = this.#nowMs
    for (let i = 0; i < CONTEXT_WIDTH; i++) kept[at++] = observation.context[i]!
    for (let i = 0; i < REPLICAS; i++) kept[at++] = propensities[i]!
    kept.set(observation.instances, at)
    at += REPLICAS * INSTANCE_WIDTH
    kept[at] = chosen
  }

  #look(index: number): void {
    if (this.#looks[index] !== this.#nowMs) return
    this.#looks[index] = Number.POSITIVE_INFINITY
    const replica = this.#replicas[index]!
    for (let job = replica.advance(this.#nowMs); job !== -1; job = replica.advance(this.#nowMs)) {
      const latencyMs = replica.completedQueueMs + replica.completedWorkMs
      const at = ANSWER_WIDTH * this.#answered++
      this.#answers[at] = job
      this.#answers[at + 1] = this.#nowMs
      this.#answers[at + 2] = latencyMs
      this.#router.onAnswer(index, this.#nowMs, latencyMs, false)
    }
    this.#scheduleLook(index)
  }

  #poll(): void {
    for (let i = 0; i < REPLICAS; i++)
      this.#router.onReport(i, this.#replicas[i]!.report(this.#nowMs), this.#nowMs)
    this.#events.push(this.#nowMs + POLL_MS, POLL)
  }

  #scheduleLook(index: number): void {
    const atMs = this.#replicas[index]!.nextEventAtMs()
    if (atMs >= this.#looks[index]!) return
    this.#looks[index] = atMs
    this.#events.push(atMs, index)
  }

  /** As in M/M/16. */
  #exponential(meanMs: number): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    this.#state = state ^= state << 5
    return QUANTILES[state >>> 20]! * meanMs
  }
}
