/** What was seen of a balancer that is not ours, and what was not: for the summary and its warnings. */
import { type CaptureSettings, SERVICES, type ServiceName } from '../scenario/index.ts'
import {
  type FeatureSource,
  featureSources,
  MOST_INSTANCES,
  type PollReport,
  type RunningCapture,
} from '../worlds/index.ts'
import type { CaptureSummary, PollSummary } from './summary/capture-summary.ts'

export interface CapturedRun {
  readonly summary: CaptureSummary
  /** What Prometheus or the admin API were to tell, and never told of an instance that answered. */
  readonly untold: readonly string[]
  /** Ids by service, in the order in which they were seen. */
  readonly instances: Readonly<Record<ServiceName, readonly string[]>>
}

export function capturedRun(settings: CaptureSettings, running: RunningCapture): CapturedRun {
  const { capture, told, prometheus, admin } = running
  const { ended, answered, named, retried, strangers } = capture.counts
  const polls = [pollSummary('Prometheus', prometheus?.report), pollSummary('admin API', admin?.report)]
  const untold = untoldOf(settings, told.used)
  const summary = {
    instanceFrom: instanceFromText(settings),
    attempts: ended,
    answered,
    named,
    retried,
    strangers: Object.fromEntries(strangers),
    propensities: settings.estimatePropensities ? ('estimated' as const) : ('not known' as const),
    missingFeatures: [...featuresFrom(settings, null), ...untold],
    polls: polls.filter((poll) => poll !== undefined),
  }
  return { summary, untold, instances: capture.instances }
}

function featuresFrom(settings: CaptureSettings, source: FeatureSource | null): string[] {
  const sources = Object.entries(featureSources(settings))
  return sources.filter(([, from]) => from === source).map(([feature]) => feature)
}

/** Each query was asked for; of what an admin API might tell, there need not be everything. */
function untoldOf(settings: CaptureSettings, told: readonly string[]): string[] {
  const admin = featuresFrom(settings, 'admin')
  return [
    ...featuresFrom(settings, 'prometheus').filter((feature) => !told.includes(feature)),
    ...(admin.some((feature) => told.includes(feature)) ? [] : admin),
  ]
}

/** `header x-upstream or cookie SERVERID`. */
export function instanceFromText({
  instanceHeader,
  instanceCookie,
}: Pick<CaptureSettings, 'instanceHeader' | 'instanceCookie'>): string {
  const sources = [
    instanceHeader === null ? [] : `header ${instanceHeader}`,
    instanceCookie === null ? [] : `cookie ${instanceCookie}`,
  ]
  return sources.flat().join(' or ')
}

/** What a reader of the summary has to be told aloud. */
export function captureWarnings({ summary, untold, instances }: CapturedRun): string[] {
  const { answered, named, instanceFrom, polls } = summary
  const warnings: string[] = []
  const strangers = Object.entries(summary.strangers).map(([name, count]) => `"${name}" ${count} times`)
  const said = strangers.length === 0 ? '' : ` (they said ${strangers.slice(0, 3).join(', ')})`
  if (answered > 0 && named === 0) {
    const what =
      said === ''
        ? '"loadgen doctor --target URL" says how to add one'
        : 'what they said is no instance, or none of capture.instances'
    warnings.push(
      `no answer named an instance in its ${instanceFrom}${said}: no record has an action; ${what}`,
    )
  } else if (named < answered) {
    warnings.push(`${answered - named} of ${answered} answers did not name an instance${said}`)
  }
  const crowded = SERVICES.filter((service) => instances[service].length >= MOST_INSTANCES)
  if (crowded.length > 0) {
    warnings.push(
      `more than ${MOST_INSTANCES} names came up for ${crowded.join(', ')}: does its ${instanceFrom} really name instances?`,
    )
  }
  const single = SERVICES.filter((service) => instances[service].length === 1)
  if (single.length > 0)
    warnings.push(`only one instance was seen of ${single.join(', ')}: nothing to choose there`)
  for (const poll of polls) if (poll.failed > 0) warnings.push(pollWarning(poll))
  // Where no question was answered, that has been said.
  if (named > 0 && untold.length > 0 && polls.some(({ asked, failed }) => failed < asked)) {
    warnings.push(
      `${untold.join(', ')}: nothing was told of an instance that answered: is it named there as in the ${instanceFrom}? ` +
        'capture.instances maps both to one id; "loadgen doctor" with this scenario says what is named how',
    )
  }
  return warnings
}

function pollWarning({ source, url, asked, failed, problems }: PollSummary): string {
  const kinds = Object.entries(problems).sort(([, a], [, b]) => b - a)
  const said = kinds.slice(0, 3).map(([problem, count]) => `${problem}: ${count}`)
  return `${source} at ${url}: ${failed} of ${asked} questions failed (${said.join('; ')}): what it tells of instances was missing then`
}

function pollSummary(source: PollSummary['source'], report: PollReport | undefined): PollSummary | undefined {
  return report === undefined ? undefined : { source, ...report }
}
