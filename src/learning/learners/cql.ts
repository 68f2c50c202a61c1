/**
 * Tabular CQL(H): conservative Q-learning with the entropy regulariser (Kumar, Zhou, Tucker & Levine, Conservative
 * Q-Learning for Offline Reinforcement Learning, NeurIPS 2020, arXiv 2006.04779). It minimises
 *
 *     alpha * E_s[ log sum_b exp Q(s,b) - E_{a ~ logger} Q(s,a) ] + 1/2 E[ (Q(s,a) - target)^2 ]
 *
 * by one step per logged decision, the TD error taken before the step:
 *
 *     for every candidate b:  Q(s,b) -= lr(s,b) * alpha * softmax_b(Q(s,.))
 *     for the chosen a:       Q(s,a) += lr(s,a) * (td + alpha)
 *
 * so what the logger did is pushed up and everything else down, in proportion to how attractive it looks: a class
 * is chosen against the logger only where the data carries it. With alpha 0 this is Q-learning, bit for bit.
 *
 * | hyper-parameter | default | source                                                                       |
 * |-----------------|---------|------------------------------------------------------------------------------|
 * | alpha           | 0.1     | ours: a tenth of the rewards' spread (below)                                 |
 * | the others      |         | as in `q-learning`                                                           |
 *
 * Deviations from the paper: tables instead of networks; the softmax runs over the candidates of each decision (a
 * class that two instances share counts twice, as two actions with tied values do) instead of over a fixed set;
 * steps shrink per pair, and pairs never chosen step by 1. Rewards come divided by their standard deviation, so
 * alpha is in units of it: too large an alpha clones the logger.
 */
import { type TabularRule, withoutMemory } from '../tabular/tabular-rule.ts'
import { chosenPairs, type Transitions } from '../tabular/transitions.ts'
import type { ValueTable } from '../tabular/value-table.ts'
import { meanSoftmaxLoss, mostCandidates, softmaxWeights } from './candidate-softmax.ts'
import type { HyperParameters } from './hyper-parameter.ts'
import { SHARED_HYPER_PARAMETERS } from './shared-hyper-parameters.ts'
import { meanSquaredTdError, squaredTdError, tdTarget } from './td-error.ts'

export const cql: TabularRule = {
  name: 'cql',
  summary: 'conservative Q-learning: distrusts actions that the log hardly shows',
  hyperParameters: [
    {
      name: 'alpha',
      default: 0.1,
      min: 0,
      max: 100,
      integer: false,
      summary: 'strength of the conservative term, in standard deviations of the reward; 0 is Q-learning',
    },
    ...SHARED_HYPER_PARAMETERS,
  ],
  prepare: (table, transitions, settings) => {
    const pairs = chosenPairs(transitions, table.width)
    const weights = new Float64Array(mostCandidates(transitions.current.starts))
    return withoutMemory((order) => sweep(table, transitions, pairs, weights, order, settings))
  },
  loss: squaredTdError.loss,
  objective: (table, transitions, rows, settings) =>
    meanSquaredTdError(table, transitions, rows, settings.gamma!) / 2 +
    settings.alpha! * meanSoftmaxLoss(table, transitions, rows),
}

function sweep(
  { values, updates, rates, width }: ValueTable,
  transitions: Transitions,
  pairs: Int32Array,
  weights: Float64Array,
  order: Uint32Array,
  settings: HyperParameters,
): number {
  const { state, starts, classes } = transitions.current
  const gamma = settings.gamma!
  const alpha = settings.alpha!
  const lastRate = rates.length - 1
  let squares = 0
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!
    const base = state[i]! * width
    const start = starts[i]!
    const count = starts[i + 1]! - start
    const pair = pairs[i]!
    const tdError = tdTarget(values, width, transitions, i, gamma) - values[pair]!
    squares += tdError * tdError
    const push = alpha / softmaxWeights(values, base, classes, start, count, weights)
    const n = ++updates[pair]!
    for (let c = 0; c < count; c++) {
      const candidate = base + classes[start + c]!
      const seen = updates[candidate]!
      values[candidate]! -= rates[seen < lastRate ? seen : lastRate]! * push * weights[c]!
    }
    values[pair]! += rates[n < lastRate ? n : lastRate]! * (tdError + alpha)
  }
  return squares
}
