/**
 * An antagonist on the same machine that comes and goes: a two-state Markov process of the speed. The figures of the
 * defaults are those of the antagonists with which Prequal (NSDI 2024) and its replications were tried.
 */
import { exponential } from '../../core/index.ts'
import { type FaultKind, intermittent } from '../fault-kind.ts'

export const noisyNeighbour: FaultKind<'factor' | 'everySeconds' | 'forSeconds'> = {
  name: 'noisy-neighbour',
  summary: 'loses part of its speed to a neighbour that comes and goes at random',
  knownAs: 'Chaos Mesh StressChaos cpu, on and off',
  parameters: [
    { name: 'factor', default: 0.3, min: 0, max: 1, summary: 'share of its speed that is left' },
    { name: 'everySeconds', default: 20, min: 0.01, max: 3600, summary: 'mean time of quiet (exponential)' },
    { name: 'forSeconds', default: 5, min: 0.01, max: 3600, summary: 'mean time of noise (exponential)' },
  ],
  changes: (window) => {
    const { factor, everySeconds, forSeconds } = window.parameters
    const { random } = window
    return intermittent(
      window,
      () => exponential(random, everySeconds * 1000),
      () => exponential(random, forSeconds * 1000),
      { speed: factor },
    )
  },
}
