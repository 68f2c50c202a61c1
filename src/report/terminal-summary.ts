/**
 * The summary of a run for the terminal, in the manner of k6's end-of-test summary: what was run, whether it is
 * good, then the numbers from the whole to the parts, and where the files are.
 */
import type { RunSummary } from '../study/index.ts'
import { formatDuration } from './format.ts'
import type { Style } from './style.ts'
import { captureSection } from './terminal-capture.ts'
import { faultsSection, retriesSection } from './terminal-faults.ts'
import { generatorSection, saturationLines } from './terminal-generator.ts'
import {
  actionsSection,
  checksSection,
  experienceSection,
  failuresSection,
  instancesSection,
  latencySection,
  mistakesSection,
  phasesSection,
  servicesSection,
  thresholdsSection,
  totalsSection,
} from './terminal-sections.ts'
import { comparisonSection, trainingSection } from './terminal-study.ts'
import { metricsSection, tagsSection } from './terminal-tags.ts'

export interface TerminalSummaryOptions {
  readonly style: Style
  /** What each written file is, and its path. */
  readonly files: readonly { readonly what: string; readonly path: string }[]
}

/** The summary, without a line end at its end. Sections of which there is nothing to tell are left out. */
export function terminalSummary(summary: RunSummary, { style, files }: TerminalSummaryOptions): string {
  const sections: [title: string, lines: string[]][] = [
    ['checks', checksSection(summary, style)],
    ['totals', totalsSection(summary, style)],
    ['latency', latencySection(summary, style)],
    ['generator', generatorSection(summary, style)],
    ['actions', actionsSection(summary, style)],
    ['tags', tagsSection(summary, style)],
    ['metrics of the scripts', metricsSection(summary, style)],
    [
      `services, as the ${summary.capture === null ? 'balancer' : 'client'} saw them`,
      servicesSection(summary, style),
    ],
    ['instances', instancesSection(summary, style)],
    ['phases', phasesSection(summary, style)],
    ['faults', faultsSection(summary, style)],
    ['failures', failuresSection(summary, style)],
    ['retries and hedges', retriesSection(summary)],
    ['mistakes made on purpose', mistakesSection(summary, style)],
    ['decisions', experienceSection(summary, style)],
    ['capture', captureSection(summary)],
    ['training', trainingSection(summary, style)],
    ['comparison', comparisonSection(summary, style)],
    ['thresholds', thresholdsSection(summary, style)],
    ['warnings', summary.warnings.map((warning) => `  ${style.warn('!')} ${warning}`)],
    ['files', filesSection(files, style)],
  ]
  const blocks = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => [style.heading(title.toUpperCase()), ...lines].join('\n'))
  const first = saturationLines(summary, style)
  return [...(first.length === 0 ? [] : [first.join('\n')]), header(summary, style), ...blocks].join('\n\n')
}

function header(summary: RunSummary, style: Style): string {
  const { scenario, world, target, policy, seed } = summary
  const embedded = target === 'embedded'
  const where = embedded ? `embedded balancer, policy ${policy}` : `${target}, a policy of its own`
  const took =
    world === 'virtual'
      ? `${formatDuration(summary.durationMs)} simulated in ${formatDuration(summary.wallMs)}`
      : formatDuration(summary.durationMs)
  const lines = [
    `${style.heading(scenario.name)}  ${world} world, ${where}, seed ${seed}`,
    style.dim(`run ${summary.runId}, ${took}`),
  ]
  const { segment } = summary
  if (segment !== undefined) {
    const which = `segment ${segment.index + 1} of ${segment.count}`
    lines.push(style.warn(`${which}: the numbers are of this share of the run`))
  }
  if (summary.interrupted) lines.push(style.warn('interrupted: the numbers are of the part that was run'))
  if (summary.stopped !== null) {
    lines.push(
      style.bad(`stopped: ${summary.stopped}`),
      style.warn('the numbers are of the part that was run'),
    )
  }
  return lines.join('\n')
}

function filesSection(files: TerminalSummaryOptions['files'], style: Style): string[] {
  const width = Math.max(0, ...files.map((file) => file.what.length))
  return files.map((file) => `  ${style.dim(file.what.padEnd(width))}  ${file.path}`)
}
