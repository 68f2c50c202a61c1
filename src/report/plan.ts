/** What is about to be run, as text: shown before the start, so that a wrong plan is noticed before it costs time. */
import type { Phase, Scenario } from '../scenario/index.ts'
import { scenarioDurationMs } from '../scenario/index.ts'
import { formatClock, formatCount, formatDuration, formatPercent, formatRate } from './format.ts'
import { loadText, rampText } from './plan-executors.ts'
import { clientText, faultCounts, faultRows, type PlannedFault } from './plan-faults.ts'
import type { Style } from './style.ts'
import { columns, textTable } from './text-table.ts'

/** What the scenario alone does not tell. */
export interface PlanFacts {
  /** URL of the balancer, or `embedded`. */
  readonly target: string
  readonly runDirectory: string
  /** NaN where it cannot be foretold. */
  readonly expectedRequests: number
  readonly expectedSessions: number
  /** Shorter than the phases where their iterations are likely to be done before. */
  readonly expectedMs: number
  readonly peakUsers: number
  /** The faults and the waves of them that the scenario asks for. */
  readonly faults: readonly PlannedFault[]
}

/** The plan, without a line end at its end. */
export function planText(scenario: Scenario, facts: PlanFacts, style: Style): string {
  const durationMs = scenarioDurationMs(scenario)
  const perSecond = facts.expectedRequests / (facts.expectedMs / 1000)
  const atMost = facts.expectedMs < durationMs ? `about ${formatDuration(facts.expectedMs)}, at most ` : ''
  const entries: [string, string][] = [
    ['world', scenario.world],
    ['target', targetText(scenario, facts)],
    ['policy', facts.target === 'embedded' ? scenario.routing.policy : 'its own'],
    ['seed', String(scenario.seed)],
    ['duration', `${atMost}${formatDuration(durationMs)} in ${formatCount(scenario.phases.length, 'phase')}`],
    ['peak', formatCount(facts.peakUsers, 'user')],
    [
      'expected',
      Number.isFinite(facts.expectedRequests)
        ? `about ${formatCount(Math.round(facts.expectedRequests), 'request')} (${formatRate(perSecond)}) ` +
          `in ${formatCount(Math.round(facts.expectedSessions), 'session')}`
        : 'not known before the run',
    ],
    ['faults', faultCounts(scenario)],
    ['client', clientText(scenario.client)],
    ['writes to', facts.runDirectory],
  ]
  const description = scenario.description === '' ? '' : `: ${scenario.description}`
  return [
    style.heading(scenario.name) + description,
    ...entries
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `  ${style.dim(name.padEnd(9))}  ${value}`),
    '',
    ...textTable(
      columns(['phase', 'from', 'to', 'load', 'ramp', 'intensity', 'behaviors'], []),
      scenario.phases.map(phaseRow),
      style,
    ),
    ...faultRows(facts.faults, style),
  ].join('\n')
}

function targetText({ capture }: Scenario, { target }: PlanFacts): string {
  if (target === 'embedded') return target
  if (capture === undefined) return `external, ${target}: its decisions are not captured`
  const from =
    capture.instanceHeader === null ? `cookie ${capture.instanceCookie}` : `header ${capture.instanceHeader}`
  return `external, ${target}: the ${from} names the instances`
}

function phaseRow(phase: Phase): string[] {
  const behaviors = Object.entries(phase.behaviors)
    .filter(([, share]) => share > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([name, share]) => `${formatPercent(share, 0)} ${name}`)
  return [
    phase.name,
    formatClock(phase.startMs),
    formatClock(phase.startMs + phase.durationMs),
    loadText(phase.executor),
    rampText(phase.executor),
    phase.intensity,
    behaviors.join(', '),
  ]
}
