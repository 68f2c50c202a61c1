/** Fitted Q iteration with a ridge regression: see `../learners/linear-q.ts` for the rule. */
import { LearningError } from '../../core/index.ts'
import { fallBack } from '../data/fallback-costs.ts'
import { greedyProbability, JudgedDecisions } from '../estimators/judged-decisions.ts'
import type { OffPolicyValue } from '../estimators/off-policy-value.ts'
import type { HyperParameters } from '../learners/hyper-parameter.ts'
import type { EpochReport, LearningTask, TrainedModel, Trainer, TrainerState } from '../learners/learner.ts'
import type { DecisionPhi } from './decision-phi.ts'
import { LinearQData } from './linear-q-data.ts'
import { linearQFiles } from './linear-q-model.ts'
import { Ridge } from './ridge.ts'

/** Weights that change by less, relative to their length, have settled. */
const SETTLED = 1e-6

interface Best {
  readonly weights: Float64Array
  readonly report: EpochReport
}

export class LinearQTrainer implements Trainer {
  readonly settings: HyperParameters
  readonly #task: LearningTask
  readonly #data: LinearQData
  readonly #ridge: Ridge
  /** In units of the scaled reward. */
  #weights: Float64Array
  readonly #phi: DecisionPhi
  readonly #nextPhi: DecisionPhi
  #nextValues = new Float64Array(16)
  /** Shape [training rows]: of the present iteration. */
  readonly #targets: Float64Array
  #done = 0
  #withoutImprovement = 0
  #settled = false
  #best: Best | undefined

  constructor(task: LearningTask) {
    const { data, settings, actions } = task
    const { gamma, tilings, tiles, ridge } = settings as Readonly<Record<string, number>>
    this.#task = task
    this.settings = settings
    this.#data = new LinearQData(data, actions, { tilings: tilings!, tiles: tiles! }, gamma!)
    this.#phi = this.#data.createPhi()
    this.#nextPhi = this.#data.createPhi()
    this.#targets = new Float64Array(this.#data.training.length)
    const { basis } = this.#phi
    this.#weights = new Float64Array(basis.size)
    this.#ridge = new Ridge(basis.size)
    for (const row of this.#data.training) {
      this.#data.readState(this.#phi, row)
      this.#ridge.addRow(this.#phi.indices, this.#phi.values, this.#phi.of(this.#data.chosen(row)))
    }
    this.#ridge.factor(ridge!)
  }

  next(): EpochReport | undefined {
    const { iterations, patience } = this.settings
    if (this.#settled || this.#done >= iterations! || this.#withoutImprovement >= patience!) return undefined
    const before = this.#weights
    const trainingLoss = this.#fit()
    this.#done++
    const { loss: validationLoss, change } = this.#validate(before)
    const improved = this.#best === undefined || change < this.#best.report.validationObjective
    this.#withoutImprovement = improved ? 0 : this.#withoutImprovement + 1
    const report: EpochReport = {
      epoch: this.#done,
      trainingLoss,
      validationLoss,
      validationObjective: change,
      policy: this.#judge(),
      improved,
    }
    if (improved) this.#best = { weights: this.#weights.slice(), report }
    return report
  }

  get best(): TrainedModel | undefined {
    if (this.#best === undefined) return undefined
    const { weights, report } = this.#best
    const { rewardScale } = this.#task.data
    const { rows, basis, tried, training, validation } = this.#data
    const { tilings, tiles } = this.settings
    return {
      report,
      content: {
        kind: 'linear-q',
        files: linearQFiles({
          rows,
          basis,
          shape: { tilings: tilings!, tiles: tiles! },
          weights: weights.map((weight) => weight * rewardScale),
          tried,
        }),
      },
      facts: {
        weights: basis.size,
        features: rows.columns.length,
        // Decisions left out: those without a known next state, and those that name no strategy.
        unused: this.#task.data.log.length - training.length - validation.length,
      },
    }
  }

  save(): TrainerState {
    const facts = {
      done: this.#done,
      withoutImprovement: this.#withoutImprovement,
      settled: this.#settled,
      best: this.#best?.report ?? null,
    }
    const weights = this.#weights
    return { facts, arrays: this.#best === undefined ? { weights } : { weights, best: this.#best.weights } }
  }

  restore({ facts, arrays }: TrainerState): void {
    if (arrays.weights?.length !== this.#weights.length) {
      throw new LearningError(
        `checkpoint: weights: expected ${this.#weights.length} numbers, got ${arrays.weights?.length ?? 'none'}: ` +
          'it is of another training',
      )
    }
    this.#weights = Float64Array.from(arrays.weights)
    this.#done = facts.done as number
    this.#withoutImprovement = facts.withoutImprovement as number
    this.#settled = facts.settled as boolean
    const report = facts.best as EpochReport | null
    this.#best = report === null ? undefined : { weights: Float64Array.from(arrays.best!), report }
  }

  /** One iteration; returns the mean squared distance of the new values from their targets. */
  #fit(): number {
    const data = this.#data
    const phi = this.#phi
    const targets = this.#targets
    this.#ridge.clearTargets()
    for (const [i, row] of data.training.entries()) {
      targets[i] = this.#target(row)
      data.readState(phi, row)
      this.#ridge.addTarget(phi.indices, phi.values, phi.of(data.chosen(row)), targets[i]!)
    }
    const weights = new Float64Array(this.#weights.length)
    this.#ridge.solve(weights)
    this.#settled = distance(weights, this.#weights) <= SETTLED * Math.max(1e-12, length(weights))
    this.#settled ||= this.settings.gamma === 0
    this.#weights = weights
    let squares = 0
    for (const [i, row] of data.training.entries()) {
      data.readState(phi, row)
      squares += (targets[i]! - phi.dot(data.chosen(row), weights)) ** 2
    }
    return squares / data.training.length
  }

  /** r + gamma max Q(s', a'). */
  #target(row: number): number {
    const { log, rewardScale } = this.#task.data
    const reward = log.reward[row]! / rewardScale
    const gamma = this.settings.gamma!
    if (gamma === 0 || log.terminal[row] === 1) return reward
    const count = this.#data.readNext(this.#nextPhi, row)
    if (this.#nextValues.length < count) this.#nextValues = new Float64Array(2 * count)
    const values = this.#nextValues
    this.#nextPhi.valuesOf(count, this.#weights, values)
    let best = Number.NEGATIVE_INFINITY
    for (let action = 0; action < count; action++) {
      if (this.#data.tried[action] !== 0 && values[action]! > best) best = values[action]!
    }
    return reward + gamma * best
  }

  /** Mean squared TD error, and mean square of what this iteration has changed the values by. */
  #validate(before: Float64Array): { readonly loss: number; readonly change: number } {
    const { validation } = this.#data
    let squares = 0
    let changes = 0
    for (const row of validation) {
      const target = this.#target(row)
      this.#data.readState(this.#phi, row)
      const chosen = this.#data.chosen(row)
      const value = this.#phi.dot(chosen, this.#weights)
      squares += (target - value) ** 2
      changes += (value - this.#phi.dot(chosen, before)) ** 2
    }
    return { loss: squares / validation.length, change: changes / validation.length }
  }

  #judge(): OffPolicyValue {
    const data = this.#data
    const { log } = this.#task.data
    const judged = new JudgedDecisions()
    let costs = new Float64Array(16)
    for (const row of data.validation) {
      const count = data.readState(this.#phi, row)
      if (costs.length < count) costs = new Float64Array(2 * count)
      this.#phi.valuesOf(count, this.#weights, costs)
      for (let action = 0; action < count; action++) {
        costs[action] = data.tried[action] === 0 ? Number.POSITIVE_INFINITY : -costs[action]!
      }
      const fellBack = fallBack(log, row, this.#task.actions, costs)
      const probability = greedyProbability(costs, count, data.chosen(row))
      judged.add(probability, data.propensity(row), log.reward[row]!, fellBack)
    }
    return judged.value()
  }
}

function distance(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0))
}

function length(a: Float64Array): number {
  return Math.sqrt(a.reduce((sum, value) => sum + value * value, 0))
}
