/** The trainer of policy search: a generation of every service is an epoch, and one more finds weights for all others. */
import { LearningError, type RandomStreams } from '../../core/index.ts'
import type { RecordedData } from '../data/recorded-data.ts'
import type { EpochReport, LearningTask, TrainedModel, Trainer, TrainerState } from '../learners/learner.ts'
import { judgeLinear } from '../linear/judge-linear.ts'
import { LINEAR_WIDTH } from '../linear/linear-features.ts'
import { linearContent } from '../linear/linear-model.ts'
import { LinearPolicy } from '../linear/linear-policy.ts'
import { type LinearWeights, PRIOR_WEIGHTS, pointOf, weightsAt } from '../linear/linear-weights.ts'
import { LINEAR_CHOICE } from '../linear/logged-observations.ts'
import { FEWEST_REQUESTS, FittedRollouts } from './fitted-rollouts.ts'
import { fitServices } from './fitted-service.ts'
import { priorPolicy, type SearchSettings, ServiceSearch } from './service-search.ts'
import { sharedPoint } from './shared-point.ts'

export class PolicySearchTrainer implements Trainer {
  readonly settings: Trainer['settings']
  readonly #data: RecordedData
  readonly #streams: RandomStreams
  readonly #generations: number
  /** In the order of the log's services. */
  readonly #searches: readonly ServiceSearch[]
  #done = 0
  #shared = pointOf(PRIOR_WEIGHTS)
  #bestReport: EpochReport | undefined

  constructor({ data, settings, streams }: LearningTask) {
    requireFeatures(data)
    this.settings = settings
    this.#data = data
    this.#streams = streams
    const search = settings as unknown as SearchSettings
    this.#generations = search.generations
    this.#searches = fitServices(data).map((fitted) => {
      const source = new FittedRollouts(fitted, settings.requests!, priorPolicy)
      return new ServiceSearch(source, search, streams.stream(`validation/${fitted.service}`))
    })
    if (this.#possible.length === 0) throw nothingToSearch(data)
  }

  get #possible(): ServiceSearch[] {
    return this.#searches.filter(({ possible }) => possible)
  }

  next(): EpochReport | undefined {
    if (this.#done > this.#generations) return undefined
    const epoch = ++this.#done
    const last = epoch > this.#generations
    const before = this.#bestCost()
    const searches = this.#possible
    const results = last
      ? searches.map(({ bestCost }) => ({ objective: bestCost, validation: bestCost }))
      : searches.map((search) => search.next(epoch, this.#streams.stream(`epoch/${epoch}/${search.service}`)))
    if (last) this.#shared = sharedPoint(searches)
    const improved = this.#bestReport === undefined || last || this.#bestCost() < before
    const report: EpochReport = {
      epoch,
      trainingLoss: mean(results.map(({ objective }) => objective)),
      validationLoss: mean(results.map(({ validation }) => validation)),
      validationObjective: this.#bestCost(),
      policy: judgeLinear(this.#data, this.#policies()),
      improved,
    }
    if (improved) this.#bestReport = report
    return report
  }

  get best(): TrainedModel | undefined {
    if (this.#bestReport === undefined) return undefined
    const services: Record<string, LinearWeights> = {}
    for (const { service, best } of this.#searches) services[service] = weightsAt(best)
    const searched = this.#possible
    return {
      report: this.#bestReport,
      content: linearContent({ shared: weightsAt(this.#shared), services }),
      facts: {
        parameters: LINEAR_WIDTH * (this.#searches.length + 1),
        servicesSearched: searched.length,
        servicesImproved: searched.filter(({ bestCost }) => bestCost < 0).length,
      },
    }
  }

  save(): TrainerState {
    const arrays: Record<string, Float64Array> = { shared: this.#shared }
    for (const search of this.#searches) {
      for (const [name, values] of Object.entries(search.save())) arrays[`${search.service}/${name}`] = values
    }
    return { facts: { done: this.#done, best: this.#bestReport ?? null }, arrays }
  }

  restore({ facts, arrays }: TrainerState): void {
    for (const search of this.#searches) {
      const own = Object.entries(arrays).filter(([name]) => name.startsWith(`${search.service}/`))
      search.restore(
        Object.fromEntries(own.map(([name, values]) => [name.slice(search.service.length + 1), values])),
      )
    }
    this.#done = facts.done as number
    this.#shared = Float64Array.from(arrays.shared!)
    this.#bestReport = (facts.best as EpochReport | null) ?? undefined
  }

  #bestCost(): number {
    return mean(this.#possible.map(({ bestCost }) => bestCost))
  }

  #policies(): LinearPolicy[] {
    return this.#searches.map(({ best }) => new LinearPolicy('judged', '', weightsAt(best)))
  }
}

/** @throws LearningError if the log was read with other features */
function requireFeatures({ features }: RecordedData): void {
  const expected = [...LINEAR_CHOICE.state, ...LINEAR_CHOICE.instance]
  const given = [...features.state, ...features.instance]
  if (expected.join() === given.join()) return
  throw new LearningError(
    `learner "policy-search" scores by a fixed list of features: got ${given.join(', ')}, expected ${expected.join(', ')}: ` +
      'leave the features out',
  )
}

function nothingToSearch({ log }: RecordedData): LearningError {
  return new LearningError(
    'nothing to learn: no service has enough decisions among several instances to fit a queueing model to it ' +
      `(${FEWEST_REQUESTS} in the training split of one run; ${log.length} decisions of ${log.services.length} services ` +
      'are there): record a longer run, with 2 or more instances per service',
  )
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
