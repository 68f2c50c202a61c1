/** Whether the metrics of thresholds are metrics, and whether what they select by can occur at all. */
import { didYouMean } from '../../core/index.ts'
import type { MetricType } from '../flow/flow.ts'
import type { Problems } from '../problems.ts'
import type { Behavior, Scenario } from '../scenario.ts'
import type { FieldPath, SourceDocument } from '../source-document.ts'
import { unknownKeyText } from '../wording.ts'
import { type KnownTags, knownTags } from './known-tags.ts'
import {
  type Measure,
  metricName,
  type OwnStatistic,
  parseThresholdMetric,
  type Selectors,
  THRESHOLD_METRICS,
} from './threshold.ts'

/** What can be asked of each kind of metric. */
const STATISTICS: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ['count', 'perSecond'],
  gauge: ['value', 'min', 'max'],
  rate: ['rate', 'count'],
  trend: ['mean', 'min', 'max', 'count', 'p50', 'p95'],
}

/** @param behaviors undefined if some of them could not be read: nothing is then known of tags */
export function checkThresholdMetrics(
  document: SourceDocument,
  behaviors: readonly Behavior[] | undefined,
  problems: Problems,
): void {
  const known = behaviors && knownTags(phasesOf(document), behaviors, replays(document))
  for (const key of document.keysAt(['thresholds'])) {
    const path: FieldPath = ['thresholds', key]
    const complaint = complaintAbout(key, known)
    if (complaint !== undefined) problems.add(document, path, complaint, 'key')
  }
}

/** What keeps a metric from ever being measured in a resolved scenario; undefined if nothing does. */
export function unmeasurableText(
  metric: string,
  { phases, behaviors }: Pick<Scenario, 'phases' | 'behaviors'>,
): string | undefined {
  const replays = phases.some(({ executor }) => executor.kind === 'trace-replay')
  return complaintAbout(metric, knownTags(phases, Object.values(behaviors), replays))
}

function complaintAbout(key: string, known: KnownTags | undefined): string | undefined {
  const metric = parseThresholdMetric(key)
  if (metric === undefined) {
    const name = metricName(key)
    const isKnown = parseThresholdMetric(name) !== undefined
    return isKnown
      ? 'expected tags in braces such as {action:search,kind:read} behind the metric'
      : unknownKeyText(name, THRESHOLD_METRICS)
  }
  if (known === undefined) return undefined
  const { measure, selectors } = metric
  if (measure.of === 'own') return ownComplaint(measure, selectors, known)
  if (measure.of === 'checkRate') return checkComplaint(selectors, known)
  if (measure.of === 'droppedRate' && Object.keys(selectors).length > 0) {
    return 'expected no tags: a session that never started has none'
  }
  return selectorComplaint(selectors, known)
}

function ownComplaint(
  { metric, statistic }: Extract<Measure, { of: 'own' }>,
  selectors: Selectors,
  { metrics }: KnownTags,
): string | undefined {
  const type = metrics.get(metric)
  if (type === undefined) {
    return metrics.size === 0
      ? `no request of the scenario measures a metric "${metric}"`
      : `no request measures "${metric}"${didYouMean(metric, metrics.keys()) || `: there are ${listed(metrics.keys())}`}`
  }
  if (Object.keys(selectors).length > 0)
    return 'expected no tags: a metric of your own is one for all requests'
  if (isOf(type, statistic)) return undefined
  return `"${metric}" is a ${type}: ask for ${listed(STATISTICS[type].map((word) => `${word}(${metric})`))}`
}

function isOf(type: MetricType, statistic: OwnStatistic): boolean {
  return typeof statistic === 'string' ? STATISTICS[type].includes(statistic) : type === 'trend'
}

function checkComplaint({ check, ...others }: Selectors, { checks }: KnownTags): string | undefined {
  if (Object.keys(others).length > 0) return 'expected no tag but check, as in checkRate{check:has items}'
  if (check === undefined || checks.has(check)) return undefined
  return `there is no check "${check}"${didYouMean(check, checks) || `: there are ${listed(checks)}`}`
}

function selectorComplaint(selectors: Selectors, { values }: KnownTags): string | undefined {
  for (const [tag, value] of Object.entries(selectors)) {
    const allowed = values.get(tag)
    if (allowed === undefined) {
      return `no request has a tag "${tag}"${didYouMean(tag, values.keys()) || `: there are ${listed(values.keys())}`}`
    }
    if (allowed === null || allowed.has(value)) continue
    const hint = didYouMean(value, allowed) || `: there are ${listed(allowed)}`
    return `no request has ${tag} "${value}"${hint}`
  }
  return undefined
}

function listed(words: Iterable<string>): string {
  return [...words].join(', ')
}

function replays(document: SourceDocument): boolean {
  return document
    .itemsAt(['phases'])
    .some((phase) => document.at([...phase, 'executor', 'kind']) === 'trace-replay')
}

function phasesOf(document: SourceDocument): { name: string; tags: Record<string, unknown> }[] {
  return document.itemsAt(['phases']).map((phase) => ({
    name: String(document.at([...phase, 'name'])),
    tags: Object.fromEntries(
      document.keysAt([...phase, 'tags']).map((tag) => [tag, document.at([...phase, 'tags', tag])]),
    ),
  }))
}
