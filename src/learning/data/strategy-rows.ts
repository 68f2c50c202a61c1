/** The decisions of a log that name a strategy: what a learner that chooses strategies can use. */
import { LearningError } from '../../core/index.ts'
import type { DecisionLog } from './decision-log.ts'

/** How to record such decisions. */
export const RECORD_STRATEGIES = 'record with the policy "strategies(choose=uniform)"'

/** @throws LearningError if there is none among the given rows */
export function strategyRows(log: DecisionLog, rows: Uint32Array): Uint32Array {
  const named = rows.filter((row) => log.strategy[row]! >= 0)
  if (named.length > 0) return named
  throw new LearningError(
    `no recorded decision ${rows.length < log.length ? 'of a split ' : ''}names a strategy: ${RECORD_STRATEGIES}`,
  )
}
