/**
 * What the greedy policy of a table would have earned on logged decisions: self-normalised importance sampling
 * (SNIPS; Swaminathan & Joachims, The self-normalized estimator for counterfactual learning, NeurIPS 2015):
 *
 *     V = sum rho r / sum rho,  rho = pi(a|s) / p(a|s);   effective sample size = (sum rho)^2 / sum rho^2
 *
 * One step only: it weighs decisions, not what they lead to, so it is exact for gamma 0 and a hint otherwise.
 */
import type { GreedyTable } from '../tabular/greedy-table.ts'
import type { Transitions } from '../tabular/transitions.ts'
import { greedyProbability, JudgedDecisions } from './judged-decisions.ts'

export interface OffPolicyValue {
  /** Estimated mean reward per decision, in units of the reward; null where no logged action is the policy's. */
  readonly value: number | null
  /** How many decisions of the policy itself the estimate is worth. */
  readonly effectiveSampleSize: number
  /** Decisions with a logged propensity: those that the estimate is made from. */
  readonly decisions: number
  /** Mean probability with which the policy chooses what the logger chose. Not a measure of quality. */
  readonly agreementWithLogger: number
  /** Share of decisions that fell back to least outstanding. */
  readonly fallbackShare: number
}

/** Judges the policy of `table` on the given transitions, of which there must be at least one. */
export function offPolicyValue(table: GreedyTable, transitions: Transitions): OffPolicyValue {
  const { starts, classes, state } = transitions.current
  const scores = new Float64Array(classes.length === 0 ? 0 : widest(starts))
  const judged = new JudgedDecisions()
  for (let i = 0; i < transitions.count; i++) {
    const start = starts[i]!
    const end = starts[i + 1]!
    const known = table.score(state[i]!, classes, transitions.inFlight, start, end, scores)
    const probability = greedyProbability(scores, end - start, transitions.chosen[i]!)
    judged.add(probability, transitions.propensity[i]!, transitions.reward[i]!, !known)
  }
  return judged.value(transitions.rewardScale)
}

/** Mean logged reward, in units of the reward. */
export function meanReward(transitions: Transitions): number {
  let sum = 0
  for (const reward of transitions.reward) sum += reward
  return (sum / transitions.count) * transitions.rewardScale
}

function widest(starts: Int32Array): number {
  let most = 0
  for (let i = 1; i < starts.length; i++) most = Math.max(most, starts[i]! - starts[i - 1]!)
  return most
}
