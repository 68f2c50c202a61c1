/** What oracles see: the state of the instances themselves, written down before each of their decisions. */
import type { ServiceRouter, Truth } from '../../routing/index.ts'
import type { ReplicaBank } from './replica-bank.ts'

export class TrueStates {
  readonly #replicas: ReplicaBank
  /** By service; undefined where no oracle decides. */
  readonly #truths: readonly (Truth | undefined)[]

  constructor(routers: readonly ServiceRouter[], replicas: ReplicaBank) {
    this.#replicas = replicas
    this.#truths = routers.map((router) => {
      if (router.policy.needsTruth !== true) return undefined
      const { count } = router.observation
      const truth = {
        workMs: Number.NaN,
        speeds: new Float64Array(count),
        workers: new Float64Array(count),
        workLeftMs: new Float64Array(count),
        addedMs: new Float64Array(count),
      }
      router.observation.truth = truth
      return truth
    })
  }

  /** Whether an oracle decides for the service. */
  needed(service: number): boolean {
    return this.#truths[service] !== undefined
  }

  /** @param workMs of the request that is to be routed */
  fill(service: number, workMs: number, nowMs: number): void {
    const truth = this.#truths[service]!
    truth.workMs = workMs
    for (let i = 0; i < truth.speeds.length; i++) {
      const replica = this.#replicas.replica(service, i)
      // Who is down works as fast as who stands still.
      const { down } = this.#replicas.condition(service, i)
      truth.speeds[i] = down ? 0 : replica.speed
      truth.workers[i] = replica.workers
      truth.workLeftMs[i] = replica.workLeftMs(nowMs)
      truth.addedMs[i] = down ? Number.POSITIVE_INFINITY : replica.addedMs(workMs, nowMs)
    }
  }
}
