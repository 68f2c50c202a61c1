/** Reads and checks the hyper-parameters that a person gives, as `--set alpha=0.5` or as numbers by name. */
import { didYouMean, UsageError } from '../../core/index.ts'
import type { HyperParameter, HyperParameters } from './hyper-parameter.ts'
import type { Learner } from './learner.ts'

/**
 * `["alpha=0.5", "gamma=0"]` as numbers by name, checked for this learner.
 *
 * @throws UsageError for a text that is no `name=number`, an unknown name or a value out of range
 */
export function parseHyperParameters(learner: Learner, texts: readonly string[]): HyperParameters {
  const given: Record<string, number> = {}
  for (const text of texts) {
    const [, name, word] = /^([^=]+)=(.+)$/.exec(text) ?? []
    const value = Number(word)
    if (name === undefined || word!.trim() === '' || Number.isNaN(value)) {
      throw new UsageError(`"${text}": expected name=number, for example "${exampleOf(learner)}"`)
    }
    check(learner, name.trim(), value)
    given[name.trim()] = value
  }
  return given
}

/**
 * The given values with the defaults of the others; those that come from the data stay out.
 *
 * @throws UsageError for an unknown name or a value out of range
 */
export function completeHyperParameters(learner: Learner, given: HyperParameters): HyperParameters {
  for (const [name, value] of Object.entries(given)) check(learner, name, value)
  const complete: Record<string, number> = {}
  for (const { name, default: standard } of learner.hyperParameters) {
    const value = given[name] ?? standard
    if (value !== undefined) complete[name] = value
  }
  return complete
}

function check(learner: Learner, name: string, value: number): HyperParameter {
  const names = learner.hyperParameters.map((parameter) => parameter.name)
  const parameter = learner.hyperParameters.find((candidate) => candidate.name === name)
  if (parameter === undefined) {
    throw new UsageError(
      `learner "${learner.name}" has no hyper-parameter "${name}"${didYouMean(name, names)}: it has ${names.join(', ')}`,
    )
  }
  const { min, max, integer } = parameter
  if (value >= min && value <= max && (!integer || Number.isInteger(value))) return parameter
  throw new UsageError(
    `learner "${learner.name}": ${name}: expected ${integer ? 'an integer' : 'a number'} from ${min} to ${max}, got ${value}`,
  )
}

function exampleOf(learner: Learner): string {
  const parameter = learner.hyperParameters.find((candidate) => candidate.default !== undefined)!
  return `${parameter.name}=${parameter.default}`
}
