/** What one learner of networks does differently from another. */
import type { Listed } from '../../core/index.ts'
import type { HyperParameter, HyperParameters } from '../learners/hyper-parameter.ts'

export interface NetworkRule extends Listed {
  readonly hyperParameters: readonly HyperParameter[]
  /** How this learner is put together with these settings. */
  compose(settings: HyperParameters): NetworkRuleParts
}

export interface NetworkRuleParts {
  /** The next action is chosen by the network that learns, and valued by the target network. */
  readonly double: boolean
  readonly dueling: boolean
  /**
   * Added to the TD loss of each decision.
   *
   * @param values those of the decision stand from `start` up to `end`
   * @param chosen index of the logged action in `values`
   * @param gradients shape of `values`: to which `share` times the gradient is added
   * @returns the loss
   */
  readonly penalty?: Penalty
  /** A second network imitates the logger; actions less probable than this share of the most probable one are barred. */
  readonly imitationThreshold?: number
}

export type Penalty = (
  values: Float64Array,
  start: number,
  end: number,
  chosen: number,
  gradients: Float64Array,
  share: number,
) => number
