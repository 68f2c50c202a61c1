/**
 * What a comparison counts of the balancer's decisions: who got how much, what went to instances in trouble, and the
 * jobs themselves, from which follows what no policy could have done better.
 */
import { instanceIds, type Scenario, SERVICES } from '../scenario/index.ts'
import { jainIndex, traceBoundMs } from '../stats/index.ts'
import type { DecisionObserver, WaitedForBy } from '../worlds/index.ts'
import { type FaultyShare, FaultyTraffic } from './faulty-traffic.ts'
import { JobColumns } from './job-columns.ts'

export class ReplayDecisions implements DecisionObserver {
  readonly #scenario: Scenario
  readonly #faulty: FaultyTraffic
  /** By service: requests per instance. */
  readonly #sent: readonly Float64Array[]
  /** By service: jobs that users waited for; undefined once a bound on them would bound nothing any more. */
  #jobs: readonly JobColumns[] | undefined = SERVICES.map(() => new JobColumns())

  constructor(scenario: Scenario, seed: number) {
    this.#scenario = scenario
    this.#faulty = new FaultyTraffic(scenario, seed)
    this.#sent = SERVICES.map((service) => new Float64Array(instanceIds(scenario, service).length))
  }

  onSent(service: number, instance: number, nowMs: number, workMs: number, waiting: WaitedForBy): void {
    this.#sent[service]![instance]!++
    this.#faulty.add(service, instance, nowMs)
    if (this.#jobs === undefined) return
    // Of a request and its copy, the user waits for the faster one.
    if (waiting === 'twin') this.#jobs = undefined
    else if (waiting === 'user') this.#jobs[service]!.add(nowMs, workMs)
  }

  /** A request that failed may have ended before its work was done. */
  onAnswer(_service: number, _instance: number, _latencyMs: number, failed: boolean): void {
    if (failed) this.#jobs = undefined
  }

  onShed(): void {
    this.#jobs = undefined
  }

  get fairness(): number {
    return meanFairness(this.#sent, this.#scenario)
  }

  /** Undefined where no fault stands out. */
  get faultyShare(): FaultyShare | undefined {
    return this.#faulty.share
  }

  /**
   * By how many ms, summed over all requests, the bound on the traces is above that of requests that never wait: users
   * had to wait for so much together, whatever the policy. 0 where requests failed, were shed or sent twice.
   */
  get unavoidableWaitMs(): number {
    if (this.#jobs === undefined) return 0
    return this.#jobs.reduce((sum, jobs, i) => {
      if (jobs.count === 0) return sum
      const { speeds, workers } = this.#scenario.shop.services[SERVICES[i]!]
      const perWorker = speeds.flatMap((speed) => Array.from({ length: workers }, () => speed))
      const aloneMs = jobs.workMs / jobs.count / Math.max(...speeds)
      const boundMs = traceBoundMs(jobs.trace, perWorker)
      return sum + jobs.count * Math.max(0, boundMs - aloneMs)
    }, 0)
  }
}

/**
 * Jain's index of the requests per weight of each instance: the mean over the services, by their requests.
 *
 * @param sent by service, in the order of SERVICES: requests per instance
 */
export function meanFairness(sent: readonly ArrayLike<number>[], scenario: Scenario): number {
  let requests = 0
  let fairness = 0
  for (const [i, service] of SERVICES.entries()) {
    const { speeds, weights } = scenario.shop.services[service]
    const loads = speeds.map((_, instance) => sent[i]![instance] ?? 0)
    const total = loads.reduce((sum, load) => sum + load, 0)
    if (total === 0) continue
    requests += total
    fairness += total * jainIndex(loads.map((load, instance) => load / (weights?.[instance] ?? 1)))
  }
  return fairness / requests
}
