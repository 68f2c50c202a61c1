/** What tabular learners train on: bins and vocabulary fitted on the training split, and both splits encoded by them. */
import { LearningError } from '../../core/index.ts'
import { STRATEGY_NAMES } from '../../routing/index.ts'
import type { RecordedData } from '../data/recorded-data.ts'
import { requireChoice } from '../data/require-choice.ts'
import type { BinnedEncoder } from '../encoders/binned-encoder.ts'
import { candidateFeatures, stateFeatures } from '../encoders/encoded-features.ts'
import { fitEncoder, fitVocabulary } from '../encoders/fit-encoder.ts'
import type { Vocabulary } from '../encoders/vocabulary.ts'
import type { ActionSpace } from '../learners/learner.ts'
import { encodeStrategyTransitions } from './strategy-transitions.ts'
import type { TabularRule } from './tabular-rule.ts'
import { encodeTransitions, requireClasses, type Transitions, usableRows } from './transitions.ts'

export interface TabularData {
  readonly encoder: BinnedEncoder
  readonly vocabulary: Vocabulary
  readonly training: Transitions
  readonly validation: Transitions
  readonly rewardScale: number
}

/** @throws LearningError if no decision could have gone another way */
export function encodeTabularData(
  { features, log, split, rewardScale }: RecordedData,
  actions: ActionSpace = 'instance',
): TabularData {
  const state = features.state.map((name) => stateFeatures.get(name))
  const candidate = features.instance.map((name) => candidateFeatures.get(name))
  const encoder = fitEncoder(log, split.training, state, candidate)
  const seen = fitVocabulary(log, split.training, encoder)
  const ofInstances = actions === 'instance'
  const vocabulary = ofInstances ? seen : seen.withClasses(STRATEGY_NAMES)
  const encode = ofInstances ? encodeTransitions : encodeStrategyTransitions
  const training = encode(log, split.training, encoder, vocabulary, rewardScale)
  requireChoice(log, split.training, actions)
  if (ofInstances) requireClasses(training)
  const validation = encode(log, split.validation, encoder, vocabulary, rewardScale)
  return { encoder, vocabulary, training, validation, rewardScale }
}

/** @throws LearningError if the discount needs to know what follows and a split does not show it */
export function requireUsableRows(
  { training, validation }: TabularData,
  rule: TabularRule,
  gamma: number,
): void {
  for (const split of [training, validation]) {
    if (usableRows(split, gamma).length === 0) {
      throw new LearningError(
        'no recorded decision has a next state, which a discount above 0 needs: train with gamma=0, or record again',
      )
    }
    if (rule.usable?.(split, gamma).length === 0) {
      throw new LearningError(
        `${rule.name} needs to know which decision came next, and between any two that could be learned from one is ` +
          'missing: train with gamma=0, or by q-learning, or record without gaps',
      )
    }
  }
}
