/** Hyper-parameters that all learners of networks have. Defaults are for logs of about 1e5 decisions. */
import type { HyperParameter, HyperParameters } from '../learners/hyper-parameter.ts'

/**
 * | hyper-parameter | default | source                                                                                 |
 * |-----------------|---------|----------------------------------------------------------------------------------------|
 * | gamma           | 0.5     | ours, as in `q-learning`: a job weighs on the few decisions made while it waits         |
 * | learningRate    | 0.001   | Kingma & Ba 2015 (Adam); d3rlpy's 6.25e-5 is for images and millions of steps           |
 * | batchSize       | 256     | ours: per-sample cost is the same from 64 on; large batches quieten latencies           |
 * | targetUpdate    | 500     | ours: 5 to 10 renewals per 1e6 samples; d3rlpy 8000, its Atari reproduction 2000        |
 * | huberThreshold  | 10      | ours, in standard deviations; d3rlpy 1 would count a rare failure of 10 deviations little |
 * | clipNorm        | 10      | Wang et al. 2016                                                                       |
 * | hiddenUnits     | 32      | ours: a decision among 8 instances has to cost at most 5 microseconds                   |
 * | hiddenLayers    | 2       | d3rlpy's default encoder has 2                                                         |
 * | epochs          | 20      | ours                                                                                   |
 * | patience        | 4       | ours                                                                                   |
 */
export const NETWORK_HYPER_PARAMETERS: readonly HyperParameter[] = [
  {
    name: 'gamma',
    default: 0.5,
    min: 0,
    max: 0.99,
    integer: false,
    summary: 'discount per decision of the service; 0 learns the reward of the decision alone (a bandit)',
  },
  {
    name: 'learningRate',
    default: 0.001,
    min: 1e-6,
    max: 1,
    integer: false,
    summary: 'step size of Adam',
  },
  {
    name: 'batchSize',
    default: 256,
    min: 1,
    max: 4096,
    integer: true,
    summary: 'decisions per gradient step',
  },
  {
    name: 'targetUpdate',
    default: 500,
    min: 1,
    max: 1_000_000,
    integer: true,
    summary: 'gradient steps between two renewals of the target network',
  },
  {
    name: 'huberThreshold',
    default: 10,
    min: 0.01,
    max: 1e6,
    integer: false,
    summary: 'TD errors beyond count linearly, not squared; in standard deviations of the reward',
  },
  {
    name: 'clipNorm',
    default: 10,
    min: 1e-3,
    max: 1e9,
    integer: false,
    summary: 'longer gradients are cut to this length',
  },
  {
    name: 'hiddenUnits',
    default: 32,
    min: 1,
    max: 1024,
    integer: true,
    summary: 'units per hidden layer',
  },
  {
    name: 'hiddenLayers',
    default: 2,
    min: 0,
    max: 8,
    integer: true,
    summary: 'hidden layers; 0 is a linear score',
  },
  {
    name: 'epochs',
    default: 20,
    min: 1,
    max: 10_000,
    integer: true,
    summary: 'passes over the training split, at most',
  },
  {
    name: 'patience',
    default: 4,
    min: 1,
    max: 10_000,
    integer: true,
    summary: 'stop after this many epochs without a better validation objective',
  },
]

/** Units of each hidden layer. */
export function hiddenSizes({ hiddenLayers, hiddenUnits }: HyperParameters): number[] {
  return Array.from({ length: hiddenLayers! }, () => hiddenUnits!)
}
