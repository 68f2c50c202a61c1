/** A rule of networks as a learner: standardise, step, judge, keep the best networks. */
import { LearningError } from '../../core/index.ts'
import { EpochOrder } from '../data/epoch-order.ts'
import { requireChoice } from '../data/require-choice.ts'
import { DEFAULT_ROW_FEATURES, DEFAULT_STRATEGY_ROW_FEATURES } from '../encoders/encoded-features.ts'
import type { FeatureRows } from '../encoders/feature-rows.ts'
import { fitFeatureRows } from '../encoders/fit-feature-rows.ts'
import { greedyProbability, JudgedDecisions } from '../estimators/judged-decisions.ts'
import type { OffPolicyValue } from '../estimators/off-policy-value.ts'
import type {
  EpochReport,
  Learner,
  LearningTask,
  TrainedModel,
  Trainer,
  TrainerState,
} from '../learners/learner.ts'
import { usableDecisions } from './decisions.ts'
import { createKernel } from './kernel/create-kernel.ts'
import { type LogDecisions, logDecisions } from './log-decisions.ts'
import { NETWORK_KIND, networkFiles } from './network-files.ts'
import type { NetworkRule } from './network-rule.ts'
import type { Losses } from './td-loss.ts'
import { ValueAgent } from './value-agent.ts'

export function networkLearner(rule: NetworkRule): Learner {
  return {
    name: rule.name,
    summary: rule.summary,
    family: 'network',
    hyperParameters: rule.hyperParameters,
    actions: ['instance', 'strategy'],
    features: { instance: DEFAULT_ROW_FEATURES, strategy: DEFAULT_STRATEGY_ROW_FEATURES },
    begin: (task) => new NetworkTrainer(rule, task),
  }
}

class NetworkTrainer implements Trainer {
  readonly settings: Trainer['settings']
  readonly #task: LearningTask
  readonly #features: FeatureRows
  readonly #training: LogDecisions
  readonly #validation: LogDecisions
  readonly #validationRows: Uint32Array
  readonly #order: EpochOrder
  readonly #agent: ValueAgent
  readonly #threshold: number | undefined
  #done = 0
  #withoutImprovement = 0
  #best: EpochReport | undefined

  constructor(rule: NetworkRule, task: LearningTask) {
    const { data, settings, actions, streams } = task
    this.settings = settings
    this.#task = task
    this.#features = fitFeatureRows(data)
    this.#training = logDecisions(data, data.split.training, this.#features, actions)
    this.#validation = logDecisions(data, data.split.validation, this.#features, actions)
    requireChoice(data.log, data.split.training, actions)
    this.#order = new EpochOrder(usable(this.#training, settings.gamma!))
    this.#validationRows = usable(this.#validation, settings.gamma!)
    const parts = rule.compose(settings)
    this.#threshold = parts.imitationThreshold
    this.#agent = new ValueAgent({
      kernel: createKernel(),
      parts,
      settings,
      decisions: {
        ...this.#training,
        mostRows: Math.max(this.#training.mostRows, this.#validation.mostRows),
      },
      random: streams.stream('network'),
    })
  }

  next(): EpochReport | undefined {
    const { epochs, patience } = this.settings
    if (this.#done >= epochs! || this.#withoutImprovement >= patience!) return undefined
    const epoch = ++this.#done
    const order = this.#order.next(this.#task.streams.stream(`epoch/${epoch}`))
    const training = this.#sweep(order)
    const validation = this.#agent.lossesOf(this.#validation, this.#validationRows)
    const objective = validation.objective / this.#validationRows.length
    const improved = this.#best === undefined || objective < this.#best.validationObjective
    this.#withoutImprovement = improved ? 0 : this.#withoutImprovement + 1
    const report: EpochReport = {
      epoch,
      trainingLoss: training.squaredTdError / order.length,
      validationLoss: validation.squaredTdError / this.#validationRows.length,
      validationObjective: objective,
      policy: this.#judge(),
      improved,
    }
    if (improved) {
      this.#best = report
      this.#agent.keep()
    }
    return report
  }

  #sweep(order: Uint32Array): Losses {
    const { batchSize } = this.#agent
    let squaredTdError = 0
    let objective = 0
    for (let from = 0; from < order.length; from += batchSize) {
      const to = Math.min(order.length, from + batchSize)
      const losses = this.#agent.step(this.#training, order, from, to)
      squaredTdError += losses.squaredTdError
      objective += losses.objective
    }
    return { squaredTdError, objective }
  }

  /** The greedy policy of the networks, with its fallback, on the validation split. */
  #judge(): OffPolicyValue {
    const decisions = this.#validation
    const judged = new JudgedDecisions()
    const all = Uint32Array.from({ length: decisions.count }, (_, i) => i)
    let costs = new Float64Array(8)
    this.#agent.judge(decisions, all, (i, values, start, end) => {
      const count = end - start
      if (costs.length < count) costs = new Float64Array(count * 2)
      for (let k = 0; k < count; k++) costs[k] = -values[start + k]!
      const fellBack = decisions.fallBack(i, costs)
      const probability = greedyProbability(costs, count, decisions.chosen[i]!)
      judged.add(probability, decisions.propensity[i]!, decisions.reward[i]!, fellBack)
    })
    return judged.value(decisions.rewardScale)
  }

  get best(): TrainedModel | undefined {
    if (this.#best === undefined) return undefined
    const { values, imitation } = this.#agent.kept
    const files = networkFiles(this.#features, {
      head: this.#agent.head,
      barred: this.#training.barred,
      rewardScale: this.#training.rewardScale,
      values,
      imitation: imitation === undefined ? undefined : { threshold: this.#threshold!, layers: imitation },
    })
    const facts = { parameters: this.#agent.size, inputs: this.#training.inputs }
    return { report: this.#best, content: { kind: NETWORK_KIND, files }, facts }
  }

  save(): TrainerState {
    const { facts, arrays } = this.#agent.save()
    const own = { done: this.#done, withoutImprovement: this.#withoutImprovement, best: this.#best ?? null }
    return { facts: { ...facts, ...own }, arrays }
  }

  restore(state: TrainerState): void {
    this.#agent.restore(state)
    this.#done = state.facts.done as number
    this.#withoutImprovement = state.facts.withoutImprovement as number
    this.#best = (state.facts.best as EpochReport | null) ?? undefined
  }
}

/** @throws LearningError if the discount needs next states and there are none */
function usable(decisions: LogDecisions, gamma: number): Uint32Array {
  const rows = usableDecisions(decisions, gamma)
  if (rows.length > 0) return rows
  throw new LearningError(
    'no recorded decision of a split has a next state, which a discount above 0 needs: train with gamma=0, or record again',
  )
}
