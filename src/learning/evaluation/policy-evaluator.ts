/**
 * Judges policies on recorded decisions: how probable each makes what the logger did, what that says of its value by
 * several estimators, whether the log can tell at all, and a verdict against the logger.
 */
import type { RandomStreams } from '../../core/index.ts'
import type { PolicyFactory } from '../../routing/index.ts'
import {
  type Estimates,
  estimateValues,
  type Interval,
  LEAST_CLUSTERS,
} from '../estimators/estimate-values.ts'
import type { OffPolicyEstimator } from '../estimators/estimator.ts'
import { type LoggedTrajectories, RARE } from '../estimators/logged-trajectories.ts'
import { type Overlap, overlapOf, whyNotIdentifiable } from '../estimators/overlap.ts'
import { CrossFitting } from './cross-fitted-values.ts'
import type { CutTrajectories } from './cut-trajectories.ts'
import { MODEL_FEATURES } from './read-decisions.ts'
import type { RecordedDecisions } from './recorded-decisions.ts'
import { type TargetChoices, targetChoices } from './target-choices.ts'

/** A policy that moves more than this share of the traffic meets loads that the log does not show. Ours. */
const MUCH_SHIFT = 0.1
/** And one that moves more than this share would make a load of its own: what it earns then, no log of another tells. */
const MOST_SHIFT = 0.3

/** Propensities in records are rounded: less than this share of the value is no difference. */
const NOISE = 1e-6

/** A model that has seen nothing like more than this share of a policy's choices says nothing of the policy. */
const MOST_UNSEEN_SHARE = 0.05

type Judged = Pick<PolicyEvaluation, 'verdict' | 'verdictBy' | 'reason'>

export interface PolicyEvaluation {
  /** As it was asked for. */
  readonly policy: string
  readonly id: string
  readonly version: string
  /** In the order of the estimators. */
  readonly estimates: readonly PolicyEstimate[]
  readonly overlap: Overlap
  /** Share of the policy's choices that the model of the rewards has not seen anything like. */
  readonly modelUnseenShare: number
  /** Mean probability with which the policy chooses what the logger chose. Not a measure of quality. */
  readonly agreementWithLogger: number
  /** Share of decisions that the policy would have refused. */
  readonly shedShare: number
  /** Share of the requests that it would have sent to another instance on the whole; see the warning. */
  readonly trafficShift: number
  readonly verdict: Verdict
  /** Name of the estimator that the verdict stands on. */
  readonly verdictBy: string
  /** Of the verdict, in words. */
  readonly reason: string
  readonly warnings: readonly string[]
}

/** Against the logger's own value. */
export type Verdict = 'better' | 'worse' | 'not shown' | 'not identifiable'

/** Per trajectory, in units of the reward; NaN (null in JSON) where it cannot be told. */
export interface PolicyEstimate extends Interval {
  readonly estimator: string
  readonly standardError: number
  /** Estimate minus the logger's own value, on the same resamples. */
  readonly difference: Interval
  /** Why there is no estimate; null if there is one. */
  readonly refusal: string | null
}

export interface EvaluatorOptions {
  readonly decisions: RecordedDecisions
  readonly trajectories: CutTrajectories
  readonly estimators: readonly OffPolicyEstimator[]
  readonly gamma: number
  readonly horizon: number
  readonly resamples: number
  readonly streams: RandomStreams
}

const UNKNOWN: Interval = { value: Number.NaN, low: Number.NaN, high: Number.NaN }

export class PolicyEvaluator {
  readonly #options: EvaluatorOptions
  readonly #fitting: CrossFitting
  readonly #reward: Float64Array
  readonly #behaviour: Float64Array

  constructor(options: EvaluatorOptions) {
    const { decisions, trajectories } = options
    this.#options = options
    this.#fitting = new CrossFitting(decisions, trajectories, MODEL_FEATURES.state, MODEL_FEATURES.instance)
    this.#reward = Float64Array.from(trajectories.rows, (row) => decisions.log.reward[row]!)
    this.#behaviour = Float64Array.from(trajectories.rows, (row) => decisions.log.propensity[row]!)
  }

  /** Mean return of the recorded trajectories. */
  logger(): Interval {
    const ones = new Float64Array(this.#reward.length).fill(1)
    const { starts } = this.#options.trajectories
    const asLogged = {
      starts,
      reward: this.#reward,
      behaviour: ones,
      target: ones,
      gamma: this.#options.gamma,
    }
    return this.#estimate(asLogged, []).logger
  }

  /** @throws UsageError for an oracle */
  evaluate(policy: string, factory: PolicyFactory): PolicyEvaluation {
    const { decisions, estimators, gamma, horizon } = this.#options
    const choices = targetChoices(decisions, factory)
    const { values, unseenShare } = this.#fitting.valuesOf(choices.probability, gamma, horizon)
    const logged = { ...this.#trajectoriesOf(choices), values }
    const overlap = overlapOf(logged)
    const reason = whyNotIdentifiable(overlap)
    const refusals = estimators.map((estimator) => refusal(estimator, horizon, reason, unseenShare))
    const able = estimators.filter((_, k) => refusals[k] === null)
    const { targets, clusters } = this.#estimate(logged, able)
    const estimates = estimators.map((estimator, k): PolicyEstimate => {
      const own = targets[able.indexOf(estimator)] ?? {
        ...UNKNOWN,
        standardError: Number.NaN,
        difference: UNKNOWN,
      }
      return { estimator: estimator.name, ...own, refusal: refusals[k]! }
    })
    const { id, version, shedShare, trafficShift } = choices
    return {
      policy,
      id,
      version,
      estimates,
      overlap,
      modelUnseenShare: unseenShare,
      agreementWithLogger: mean(logged.target),
      shedShare,
      trafficShift,
      ...withinItsLoad(verdict(estimates, estimators, reason, clusters), trafficShift),
      warnings: this.#warnings(choices),
    }
  }

  #estimate(trajectories: LoggedTrajectories, estimators: readonly OffPolicyEstimator[]): Estimates {
    const { trajectories: cut, resamples, streams } = this.#options
    // One stream for all: every policy is judged on the same resamples.
    const random = streams.stream('bootstrap')
    return estimateValues(trajectories, estimators, { clusters: cut.clusters, resamples, random })
  }

  #trajectoriesOf({ probability, logged }: TargetChoices): LoggedTrajectories {
    const { decisions, trajectories, gamma } = this.#options
    const { rows, starts } = trajectories
    const support = { never: new Float64Array(rows.length), rarely: new Float64Array(rows.length) }
    for (let d = 0; d < rows.length; d++) {
      const [from, to] = [decisions.starts[rows[d]!]!, decisions.starts[rows[d]! + 1]!]
      let never = 0
      let rarely = 0
      let all = 0
      for (let i = from; i < to; i++) {
        const p = decisions.propensities[i]!
        all += probability[i]!
        if (!(p > 0)) never += Number.isNaN(p) ? p : probability[i]!
        if (!(p >= RARE)) rarely += Number.isNaN(p) ? p : probability[i]!
      }
      // A request that is shed leaves no record, so the logger never did that either.
      const shed = Math.max(0, 1 - all)
      support.never[d] = Math.min(1, never + shed)
      support.rarely[d] = Math.min(1, rarely + shed)
    }
    return {
      starts,
      reward: this.#reward,
      behaviour: this.#behaviour,
      target: Float64Array.from(rows, (row) => logged[row]!),
      gamma,
      support,
    }
  }

  #warnings({ warnings, shedShare, trafficShift }: TargetChoices): string[] {
    const { log } = this.#options.decisions
    const own = [...warnings]
    if (log.estimatedPropensities > 0) {
      own.push(
        `${log.estimatedPropensities} propensities were estimated from outside: the estimates are no better`,
      )
    }
    if (trafficShift > MUCH_SHIFT) {
      own.push(
        `it would move ${(trafficShift * 100).toFixed(0)} % of the requests to other instances, which would then be ` +
          'fuller than the log shows: compare it in the virtual world before you believe the estimate',
      )
    }
    if (shedShare > 0) {
      const percent = (shedShare * 100).toFixed(1)
      own.push(`the policy refuses ${percent} % of the requests, of which no record says what that is worth`)
    }
    return own
  }
}

function refusal(
  { weighs, models, longest }: OffPolicyEstimator,
  horizon: number,
  reason: string | undefined,
  unseenShare: number,
): string | null {
  if (longest < horizon) return 'it weighs single decisions: use wpdis, or a horizon of 1'
  if (weighs) return reason ?? null
  if (models && unseenShare > MOST_UNSEEN_SHARE) {
    return `the model has seen nothing like ${(unseenShare * 100).toFixed(0)} % of what the policy does`
  }
  return null
}

/** By the doubly robust estimate if it was asked for, else by the first that weighs, else by the first. */
function verdict(
  estimates: readonly PolicyEstimate[],
  estimators: readonly OffPolicyEstimator[],
  notIdentifiable: string | undefined,
  clusters: number,
): Judged {
  const best =
    estimators.find(({ name }) => name === 'doubly-robust') ??
    estimators.find(({ weighs }) => weighs) ??
    estimators[0]!
  const { estimator: verdictBy, value, difference, refusal } = estimates[estimators.indexOf(best)]!
  const why = notIdentifiable ?? refusal
  if (why !== null) return { verdict: 'not identifiable', verdictBy, reason: why }
  if (Number.isNaN(difference.low)) {
    const reason = `${clusters} independent pieces are too few for an interval, which takes ${LEAST_CLUSTERS}: record a longer run`
    return { verdict: 'not shown', verdictBy, reason }
  }
  const noise = NOISE * Math.abs(value)
  if (difference.low > noise)
    return { verdict: 'better', verdictBy, reason: 'the interval of the difference lies above 0' }
  if (difference.high < -noise)
    return { verdict: 'worse', verdictBy, reason: 'the interval of the difference lies below 0' }
  return { verdict: 'not shown', verdictBy, reason: 'the interval of the difference holds 0' }
}

/**
 * An estimate of single decisions does not see the load that a policy makes: one that sends everything to the fastest
 * instance looks good for just as long as it is not obeyed. That it looks worse is believed.
 */
function withinItsLoad(judged: Judged, trafficShift: number): Judged {
  if (judged.verdict !== 'better' || trafficShift <= MOST_SHIFT) return judged
  const percent = (trafficShift * 100).toFixed(0)
  const reason =
    `it looks better decision by decision, but would move ${percent} % of the requests to other instances, ` +
    'and no log of another policy shows how they answer then: compare it in the virtual world'
  return { ...judged, verdict: 'not identifiable', reason }
}

function mean(values: Float64Array): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}
