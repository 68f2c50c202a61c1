/**
 * Behaviour cloning: the table learns what the logger did, not what it got for it (Pomerleau, ALVINN, NIPS 1988; as
 * maximum likelihood: Bain & Sammut, A framework for behavioural cloning, 1995). It minimises the cross-entropy
 *
 *     E[ -log softmax_b(Q(s,.))_a ],   the softmax over the candidates of each decision,
 *
 * by one step per logged decision, which is the conservative term of `cql` alone:
 *
 *     for every candidate b:  Q(s,b) -= lr(s,b) * softmax_b(Q(s,.))
 *     for the chosen a:       Q(s,a) += lr(s,a)
 *
 * so that, where candidates are the same each time, softmax(Q(s,.)) comes to be how often each was chosen. Values are
 * preferences without a unit; the model chooses the most frequent class, always. It is what every learner here must
 * beat, and as good as the logger at its most decided; a logger that chose uniformly cannot be cloned: what it did
 * most often is chance.
 *
 * | hyper-parameter   | default | source           |
 * |-------------------|---------|------------------|
 * | learningRateDecay | 0.8     | as `q-learning`  |
 * | minLearningRate   | 0.001   | as `q-learning`  |
 * | epochs, patience  | 50, 5   | ours             |
 *
 * Deviations: a table instead of a network; rewards, next states and propensities are not looked at.
 */
import { type TabularRule, withoutMemory } from '../tabular/tabular-rule.ts'
import type { Transitions } from '../tabular/transitions.ts'
import type { ValueTable } from '../tabular/value-table.ts'
import { highestValue, meanSoftmaxLoss, mostCandidates, softmaxWeights } from './candidate-softmax.ts'
import { hyperParametersBut } from './shared-hyper-parameters.ts'

export const behaviourCloning: TabularRule = {
  name: 'behaviour-cloning',
  summary: 'does what the logger did most often in each state: the baseline that learning has to beat',
  hyperParameters: hyperParametersBut('gamma', 'initialValue'),
  preferences: true,
  usable: ({ count }) => Uint32Array.from({ length: count }, (_, i) => i),
  prepare: (table, transitions) => withoutMemory((order) => sweep(table, transitions, order)),
  loss: meanSoftmaxLoss,
  objective: meanSoftmaxLoss,
}

function sweep(table: ValueTable, transitions: Transitions, order: Uint32Array): number {
  const { values, updates, rates, width } = table
  const { state, starts, classes } = transitions.current
  const lastRate = rates.length - 1
  const weights = new Float64Array(mostCandidates(starts))
  let losses = 0
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!
    const base = state[i]! * width
    const start = starts[i]!
    const count = starts[i + 1]! - start
    const total = softmaxWeights(values, base, classes, start, count, weights)
    const pair = base + classes[start + transitions.chosen[i]!]!
    losses += Math.log(total) + highestValue(values, base, classes, start, count) - values[pair]!
    const n = ++updates[pair]!
    for (let c = 0; c < count; c++) {
      const candidate = base + classes[start + c]!
      const seen = updates[candidate]!
      values[candidate]! -= rates[seen < lastRate ? seen : lastRate]! * (weights[c]! / total)
    }
    values[pair]! += rates[n < lastRate ? n : lastRate]!
  }
  return losses
}
