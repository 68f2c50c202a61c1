/** How well the load was generated, in the words of both reports. */
import type { DelaySummary, RunSummary } from '../study/index.ts'
import { formatCount, formatNumber, formatPercent } from './format.ts'

export const SATURATED = 'GENERATOR SATURATED: do not trust these numbers'

/** What is measured, as a person would say it, and the delays. */
export function generatorDelays({
  generator,
}: Pick<RunSummary, 'generator'>): readonly (readonly [what: string, delays: DelaySummary])[] {
  if (generator === null) return []
  return [
    ['late by', generator.lagMs],
    ['then until on a connection', generator.queuedMs],
    ['event loop behind by', generator.eventLoopDelayMs],
  ]
}

/** One line each. */
export function generatorFacts({ generator }: Pick<RunSummary, 'generator'>): string[] {
  if (generator === null) return []
  const { timedStarts, dispersion, cpuShare, coreWaitShare, processes, verdict } = generator
  const { planned, actual, binMs } = dispersion
  const waited =
    coreWaitShare === null
      ? ''
      : `; ready to run, but without a core, ${formatPercent(coreWaitShare, 1)} of the time`
  const cores = `${formatPercent(cpuShare, 0)} of a core`
  return [
    `verdict: ${verdict}`,
    `index of dispersion over ${binMs} ms: ${formatNumber(planned, 2)} planned, ${formatNumber(actual, 2)} actual, ` +
      `of ${formatCount(timedStarts, 'start')} with a time (0: even, 1: Poisson)`,
    `CPU: ${cores}${processes === 1 ? '' : `, the busiest of ${processes} processes`}${waited}`,
  ]
}
