/**
 * C3 (Suresh, Canini, Schmid, Feldmann: "C3: Cutting Tail Latency in Cloud Data Stores via Adaptive Replica
 * Selection", NSDI 2015; Elasticsearch's ResponseCollectorService): argmin of
 *
 *     psi = R - 1/mu + q^e / mu,   q = 1 + requests in flight x clients + queue
 *
 * where R is the response time as seen here, 1/mu the time of work and `queue` the jobs waiting, both as the instance
 * tells with its answers, and e = 3. All are moving averages with weight alpha = 0.3 for the newest value
 * (Elasticsearch's). Ties are broken uniformly at random. The paper's rate control is not here.
 *
 * - An instance that does not tell its work has 1/mu = R; one that does not tell its queue, 0: what is in flight from
 *   here is then all there is to go by. The queue is taken from health reports as well.
 * - Failures feed none of the averages, or a replica that fails fast would attract all traffic.
 * - An instance of which nothing was heard for `forgetSeconds` is as new: a new one that has nothing in flight comes
 *   before all others, one that has comes after them, so that it gets one request and not a stampede. Cassandra asks
 *   all replicas now and then; without either, a replica that was slow once might never be asked again.
 * - An instance that has only failed so far is judged by the mean R and 1/mu of those that have not.
 */
import type { Random } from '../../core/index.ts'
import { chooseLowest } from '../choosing/best-score.ts'
import { ScoreBuffer } from '../choosing/score-buffer.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import type { InstanceReport, Observation, Policy, PolicyOutcome } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

const IN_FLIGHT = instanceFeature('inFlight')
const NEW_AND_IDLE = Number.NEGATIVE_INFINITY
const NEW_AND_BUSY = 1e300

export const c3: PolicyDeclaration = {
  name: 'c3',
  summary: 'the lowest of response time and cubed queue x service time, as the instances tell',
  parameters: [
    { name: 'clients', default: 1, min: 1, max: 100_000, summary: 'balancers that share the instances' },
    { name: 'exponent', default: 3, min: 1, max: 10, summary: 'how hard a queue is punished' },
    { name: 'alpha', default: 0.3, min: 0.001, max: 1, summary: 'weight of the newest value' },
    {
      name: 'forgetSeconds',
      default: 10,
      min: 0.001,
      max: 86_400,
      summary: 'without an answer for so long, an instance is as new',
    },
  ],
  wraps: 0,
  create: (id, { clients, exponent, alpha, forgetSeconds }) =>
    new C3(id, clients!, exponent!, alpha!, forgetSeconds! * 1000),
}

/** What is known of one instance. NaN: never told. */
class Averages {
  responseMs = Number.NaN
  workMs = Number.NaN
  queue = Number.NaN
  /** Of its last answer, be it a failure. */
  heardAtMs = Number.NEGATIVE_INFINITY

  /** Nothing of what it did before counts. */
  forget(): void {
    this.responseMs = Number.NaN
    this.workMs = Number.NaN
    this.queue = Number.NaN
  }
}

class C3 implements Policy {
  readonly id: string
  readonly version = '1'
  readonly #clients: number
  readonly #exponent: number
  readonly #alpha: number
  readonly #forgetMs: number
  readonly #averages: Averages[] = []
  readonly #scores = new ScoreBuffer()

  constructor(id: string, clients: number, exponent: number, alpha: number, forgetMs: number) {
    this.id = id
    this.#clients = clients
    this.#exponent = exponent
    this.#alpha = alpha
    this.#forgetMs = forgetMs
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, instances, nowMs } = observation
    const scores = this.#scores.of(count)
    let failedOnly = false
    for (let i = 0; i < count; i++) {
      const inFlight = instances[i * INSTANCE_WIDTH + IN_FLIGHT]!
      const averages = this.#of(i)
      if (nowMs - averages.heardAtMs >= this.#forgetMs) {
        scores[i] = inFlight === 0 ? NEW_AND_IDLE : NEW_AND_BUSY * inFlight
      } else {
        const { responseMs, workMs, queue } = averages
        scores[i] = this.#psi(responseMs, Number.isNaN(workMs) ? responseMs : workMs, queue, inFlight)
        failedOnly ||= Number.isNaN(responseMs)
      }
    }
    if (failedOnly) this.#judgeByOthers(scores, observation)
    return chooseLowest(scores, eligible, count, random, propensities)
  }

  onOutcome({ instance, nowMs, latencyMs, failed, queueDepth, workMs }: PolicyOutcome): void {
    const averages = this.#of(instance)
    if (nowMs - averages.heardAtMs >= this.#forgetMs) averages.forget()
    averages.heardAtMs = nowMs
    if (failed) return
    averages.responseMs = this.#mean(averages.responseMs, latencyMs)
    averages.workMs = this.#mean(averages.workMs, workMs)
    averages.queue = this.#mean(averages.queue, queueDepth)
  }

  onReport(instance: number, { queueDepth }: InstanceReport): void {
    const averages = this.#of(instance)
    averages.queue = this.#mean(averages.queue, queueDepth)
  }

  #psi(responseMs: number, workMs: number, queue: number, inFlight: number): number {
    const q = 1 + inFlight * this.#clients + (Number.isNaN(queue) ? 0 : queue)
    return responseMs - workMs + (this.#exponent === 3 ? q * q * q : q ** this.#exponent) * workMs
  }

  /** Scores those that have only failed so far. */
  #judgeByOthers(scores: Float64Array, { count, eligible, instances }: Observation): void {
    let known = 0
    let responseMs = 0
    let workMs = 0
    for (let i = 0; i < count; i++) {
      const averages = this.#of(i)
      if (eligible[i] === 0 || Number.isNaN(averages.responseMs)) continue
      known++
      responseMs += averages.responseMs
      workMs += Number.isNaN(averages.workMs) ? averages.responseMs : averages.workMs
    }
    // If nobody has ever succeeded, only the queues tell them apart.
    const divisor = Math.max(1, known)
    if (known === 0) responseMs = workMs = 1
    for (let i = 0; i < count; i++) {
      if (!Number.isNaN(scores[i]!)) continue
      const inFlight = instances[i * INSTANCE_WIDTH + IN_FLIGHT]!
      scores[i] = this.#psi(responseMs / divisor, workMs / divisor, this.#of(i).queue, inFlight)
    }
  }

  /** What is not told changes nothing. */
  #mean(mean: number, value: number): number {
    if (Number.isNaN(value)) return mean
    return Number.isNaN(mean) ? value : mean + this.#alpha * (value - mean)
  }

  #of(instance: number): Averages {
    while (this.#averages.length <= instance) this.#averages.push(new Averages())
    return this.#averages[instance]!
  }
}
