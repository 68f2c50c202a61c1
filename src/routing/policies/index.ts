/** The list of routing policies: one line each. Parser, help, validation and the contract suite read it. */
import { Registry } from '../../core/index.ts'
import { epsilonGreedy } from './epsilon-greedy.ts'
import { leastOutstanding } from './least-outstanding.ts'
import { peakEwma } from './peak-ewma.ts'
import { powerOfTwoChoices } from './power-of-two-choices.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'

export const policies = new Registry('policy', [
  roundRobin,
  random,
  leastOutstanding,
  powerOfTwoChoices,
  peakEwma,
  epsilonGreedy,
])
