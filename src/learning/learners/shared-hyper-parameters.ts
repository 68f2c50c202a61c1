/** Hyper-parameters that several tabular learners have. */
import type { HyperParameter } from './hyper-parameter.ts'

/** What those have that update a table by temporal differences. Defaults are for logs of 1e4 to 1e6 decisions. */
export const SHARED_HYPER_PARAMETERS: readonly HyperParameter[] = [
  {
    name: 'gamma',
    default: 0.5,
    min: 0,
    max: 0.99,
    integer: false,
    summary: 'discount per decision of the service; 0 learns the reward of the decision alone (a bandit)',
  },
  {
    name: 'learningRateDecay',
    default: 0.8,
    min: 0.5,
    max: 1,
    integer: false,
    summary: 'the step size of a pair is N^-decay after N updates',
  },
  {
    name: 'minLearningRate',
    default: 0.001,
    min: 0.001,
    max: 1,
    integer: false,
    summary: 'the step size does not fall below this',
  },
  {
    name: 'epochs',
    default: 50,
    min: 1,
    max: 10_000,
    integer: true,
    summary: 'passes over the training split, at most',
  },
  {
    name: 'patience',
    default: 5,
    min: 1,
    max: 10_000,
    integer: true,
    summary: 'stop after this many epochs without a better validation objective',
  },
  {
    name: 'initialValue',
    default: undefined,
    min: -1e9,
    max: 1e9,
    integer: false,
    summary: 'value of a pair never chosen; by default the lowest that the training rewards allow',
  },
]

/** The shared ones without those that a learner has no use for. */
export function hyperParametersBut(...names: readonly string[]): readonly HyperParameter[] {
  return SHARED_HYPER_PARAMETERS.filter(({ name }) => !names.includes(name))
}
