/** A threshold in one line, as the command line takes it: `p95LatencyMs{action:search} < 500`. */
import { didYouMean, UsageError } from '../../core/index.ts'
import {
  LIMIT_PATTERN,
  metricName,
  parseLimit,
  parseThresholdMetric,
  THRESHOLD_METRICS,
  type Threshold,
} from '../../scenario/index.ts'

/** The metric goes as far as the first comparison behind its tags. */
const FORM = /^\s*([^{}<>=]+(?:\{[^{}]*\})?)\s*([<>]=?.*)$/

/** @throws UsageError */
export function parseThreshold(text: string): Threshold {
  const [, metric = '', limit = ''] = FORM.exec(text) ?? []
  if (!LIMIT_PATTERN.test(limit)) {
    throw new UsageError(`--threshold: expected a limit such as "p95LatencyMs < 500", got "${text}"`)
  }
  if (parseThresholdMetric(metric) === undefined) {
    const name = metricName(metric)
    const hint = didYouMean(name, THRESHOLD_METRICS) || `: use one of ${THRESHOLD_METRICS.join(', ')}`
    throw new UsageError(`--threshold: unknown metric "${metric.trim()}"${hint}`)
  }
  return { metric: metric.trim(), ...parseLimit(limit) }
}
