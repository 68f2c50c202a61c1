/** What the tags of the scripts and their own metrics came to, for the summary. */
import { byName } from '../../stats/index.ts'
import type { OwnMetricSummary } from '../statistics/own-metrics.ts'
import { latencySummary } from '../statistics/request-counts.ts'
import type { RunStatistics } from '../statistics/run-statistics.ts'
import { OTHER_VALUES } from '../statistics/tagged-counts.ts'
import type { TagSummary } from './run-summary.ts'

export function tagSummaries({ tagged }: RunStatistics): TagSummary[] {
  return [...tagged.rows].sort(byName).flatMap(([tag, rows]) =>
    [...rows].sort(byName).map(([value, counts]) => ({
      tag,
      value,
      requests: counts.requests,
      errorRate: counts.errorRate,
      latency: latencySummary(counts.latency),
    })),
  )
}

export function metricSummaries({ own }: RunStatistics, durationMs: number): OwnMetricSummary[] {
  return [...own].sort(byName).map(([name, metric]) => metric.summary(name, durationMs))
}

/** What of the tags and metrics a reader of the summary has to know. */
export function tagWarnings({ tagged, own }: RunStatistics): string[] {
  const crowded = [...tagged.rows].filter(([, rows]) => rows.has(OTHER_VALUES)).map(([tag]) => tag)
  const unmeasured = [...own].filter(([, { count, missing }]) => count === 0 && missing > 0)
  return [
    ...crowded.map(
      (tag) => `tag ${tag}: more values than there are rows for; the rest counts as "${OTHER_VALUES}"`,
    ),
    ...unmeasured.map(
      ([name, { missing }]) =>
        `metric ${name}: none of ${missing} replies had a value for it: look at its path`,
    ),
  ]
}
