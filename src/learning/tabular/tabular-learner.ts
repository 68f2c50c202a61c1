/** A tabular rule as a learner: encode, sweep, judge, keep the best table. */
import { DEFAULT_FEATURES, DEFAULT_STRATEGY_FEATURES } from '../encoders/encoded-features.ts'
import type { HyperParameters } from '../learners/hyper-parameter.ts'
import type { Learner, LearningTask, TrainedModel, Trainer, TrainerState } from '../learners/learner.ts'
import { encodeTabularData, requireUsableRows, type TabularData } from './tabular-data.ts'
import { tabularFacts } from './tabular-facts.ts'
import { tabularFiles } from './tabular-model.ts'
import type { TabularRule } from './tabular-rule.ts'
import { pessimisticValue, Training } from './tabular-training.ts'

export function tabularLearner(rule: TabularRule): Learner {
  return {
    name: rule.name,
    summary: rule.summary,
    family: 'tabular',
    hyperParameters: rule.hyperParameters,
    actions: ['instance', 'strategy'],
    features: { instance: DEFAULT_FEATURES, strategy: DEFAULT_STRATEGY_FEATURES },
    begin: (task) => new TabularTrainer(rule, task),
  }
}

class TabularTrainer implements Trainer {
  readonly settings: Trainer['settings']
  readonly #data: TabularData
  /** What a value of the table is multiplied with for the disk. */
  readonly #unit: number
  readonly #training: Training
  readonly #epochs: Generator<unknown, void>

  constructor(rule: TabularRule, { data, settings, actions, streams }: LearningTask) {
    this.#data = encodeTabularData(data, actions)
    const { training, validation, rewardScale } = this.#data
    const gamma = settings.gamma ?? 0
    requireUsableRows(this.#data, rule, gamma)
    // Returns are learned in units of the scaled reward.
    this.#unit = rule.preferences === true ? 1 : rewardScale
    const initial = initialValueOf(rule, training.reward, settings, rewardScale)
    this.settings =
      rule.preferences === true ? settings : { ...settings, initialValue: initial * rewardScale }
    const scaled = { ...settings, initialValue: initial }
    this.#training = new Training({ rule, settings: scaled, training, validation, streams, actions })
    this.#epochs = this.#training.epochs()
  }

  next() {
    const { value, done } = (this.#epochs as ReturnType<Training['epochs']>).next()
    return done === true ? undefined : value
  }

  get best(): TrainedModel | undefined {
    const { best } = this.#training
    if (best === undefined) return undefined
    const { encoder, vocabulary } = this.#data
    return {
      report: best.report,
      content: { kind: 'tabular', files: tabularFiles(encoder, vocabulary, best, this.#unit) },
      facts: tabularFacts(this.#data, best, this.settings.gamma ?? 0),
    }
  }

  save(): TrainerState {
    return this.#training.save()
  }

  restore(state: TrainerState): void {
    this.#training.restore(state)
  }
}

/** In units of the scaled reward, as the table is. */
function initialValueOf(
  rule: TabularRule,
  rewards: Float64Array,
  { gamma, initialValue }: HyperParameters,
  rewardScale: number,
): number {
  if (rule.preferences === true) return 0
  return initialValue === undefined ? pessimisticValue(rewards, gamma ?? 0) : initialValue / rewardScale
}
