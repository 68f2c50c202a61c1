/** Whether a log shows a choice at all: what every learner that goes by rewards of actions asks first. */
import { LearningError } from '../../core/index.ts'
import type { ActionSpace } from '../learners/learner.ts'
import type { DecisionLog } from './decision-log.ts'
import { RECORD_STRATEGIES } from './strategy-rows.ts'

const EXPLORING: Readonly<Record<ActionSpace, string>> = {
  instance: 'record with a policy that explores, such as "epsilon-greedy(power-of-two-choices, epsilon=0.2)"',
  strategy: RECORD_STRATEGIES,
}

/**
 * Whatever is chosen always cannot be compared to anything, also if its state varies: the model would believe in what
 * the log never tried.
 *
 * @param rows of the training split
 * @throws LearningError if no decision could have gone another way, or none did
 */
export function requireChoice(log: DecisionLog, rows: Uint32Array, actions: ActionSpace): void {
  const { service, instance, strategy, state } = log
  const chosen = actions === 'instance' ? instance : strategy
  const first = new Map<number, number>()
  let choices = 0
  for (const row of rows) {
    if (actions === 'instance' ? state.starts[row + 1]! - state.starts[row]! < 2 : strategy[row]! < 0)
      continue
    choices++
    const its = first.get(service[row]!)
    if (its === undefined) first.set(service[row]!, chosen[row]!)
    else if (its !== chosen[row]) return
  }
  throw new LearningError(
    choices === 0 && actions === 'instance'
      ? 'nothing to learn: every recorded decision had just one eligible instance: record with 2 or more instances per service'
      : `nothing to learn: every decision chose the same ${actions}: ${EXPLORING[actions]}`,
  )
}
