/** The comparison that judges the learned router of a run. */

import { kindOf } from './comparison/choose-policies.ts'
import { compareResults } from './comparison/compare-results.ts'
import type { ComparedKind, ComparisonSummary } from './comparison/comparison.ts'
import type { ReplayResult } from './replay.ts'

/**
 * @param results every policy with every seed
 * @param learned the policy under trial; all others but the oracles are baselines, whatever they are
 * @throws WorldError where there is nothing to compare
 */
export function compare(results: readonly ReplayResult[], learned: string): ComparisonSummary {
  const kindIn = (policy: string): ComparedKind => {
    if (policy === learned) return 'model'
    return kindOf(policy) === 'oracle' ? 'oracle' : 'heuristic'
  }
  const { family: _, ...table } = compareResults(results, { kindOf: kindIn, family: [learned] })
  return { ...table, learned, verdict: table.rows.find(({ policy }) => policy === learned)!.verdict! }
}
