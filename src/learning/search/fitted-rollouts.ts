/** Rollouts in the queueing model that was fitted to the log of a service. */
import type { Random } from '../../core/index.ts'
import type { Policy } from '../../routing/index.ts'
import { CONDITIONS, type Condition, workloadOf } from './conditions.ts'
import type { Trace } from './fit-trace.ts'
import type { FittedService } from './fitted-service.ts'
import { type RolloutCost, rollOut } from './roll-out.ts'
import { type RolloutEvaluator, type RolloutSource, rolloutCost } from './rollout-evaluator.ts'
import type { Workload } from './workload.ts'

/** Of the longest run of a service, to fit a model to it. */
export const FEWEST_REQUESTS = 200
/** Validation rollouts per condition, from which the noise is known. */
const REPEATS = 2

export class FittedRollouts implements RolloutSource {
  readonly service: string
  /** In the longest run of the training split; 0 if they are too few. */
  readonly requests: number
  readonly #fitted: FittedService
  readonly #requestsPerRollout: number
  readonly #makeReference: () => Policy

  constructor(fitted: FittedService, requestsPerRollout: number, makeReference: () => Policy) {
    const recorded = longest(fitted.training)
    this.service = fitted.service
    this.requests = recorded < FEWEST_REQUESTS ? 0 : recorded
    this.#fitted = fitted
    this.#requestsPerRollout = requestsPerRollout
    this.#makeReference = makeReference
  }

  training(generation: number, random: Random): RolloutEvaluator {
    const conditions = CONDITIONS.filter(({ turn }) => turn === undefined || turn === generation % 2)
    return this.#evaluator(this.#fitted.training, conditions, 1, random)
  }

  /** Where the validation split is too short, pieces of the training split have to do. */
  validation(random: Random): RolloutEvaluator {
    const { training, validation } = this.#fitted
    const traces = longest(validation) < FEWEST_REQUESTS ? training : validation
    return this.#evaluator(traces, CONDITIONS, REPEATS, random)
  }

  #evaluator(
    traces: readonly Trace[],
    conditions: readonly Condition[],
    repeats: number,
    random: Random,
  ): RolloutEvaluator {
    const { service, station } = this.#fitted
    const requests = this.#requestsPerRollout
    const workloads = conditions.map((condition) =>
      Array.from({ length: repeats }, () =>
        workloadOf(service, station, drawn(traces, random), condition, requests, random),
      ),
    )
    return new WorkloadEvaluator(workloads, this.#makeReference)
  }
}

class WorkloadEvaluator implements RolloutEvaluator {
  /** By condition. */
  readonly #workloads: readonly (readonly Workload[])[]
  readonly #reference: readonly (readonly RolloutCost[])[]
  #latenciesMs = new Float64Array(0)

  constructor(workloads: readonly (readonly Workload[])[], makeReference: () => Policy) {
    this.#workloads = workloads
    this.#reference = workloads.map((own) => own.map((workload) => this.#rollOut(workload, makeReference())))
  }

  costs(makePolicy: () => Policy): readonly (readonly number[])[] {
    return this.#workloads.map((own, c) =>
      own.map((workload, k) => rolloutCost(this.#rollOut(workload, makePolicy()), this.#reference[c]![k]!)),
    )
  }

  #rollOut(workload: Workload, policy: Policy): RolloutCost {
    const { length } = workload.timeMs
    if (this.#latenciesMs.length < length) this.#latenciesMs = new Float64Array(length)
    return rollOut(workload, policy, this.#latenciesMs)
  }
}

/** A trace, in proportion to its requests. */
function drawn(traces: readonly Trace[], random: Random): Trace {
  let left = random() * traces.reduce((sum, { timeMs }) => sum + timeMs.length, 0)
  return traces.find(({ timeMs }) => (left -= timeMs.length) < 0) ?? traces.at(-1)!
}

function longest(traces: readonly Trace[]): number {
  return traces.reduce((most, { timeMs }) => Math.max(most, timeMs.length), 0)
}
