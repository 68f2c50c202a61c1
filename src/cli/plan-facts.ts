/** What the plan shows besides the scenario: estimated, put into words, or chosen on the command line. */
import type { PlanFacts, PlannedFault } from '../report/index.ts'
import { formatDuration } from '../report/index.ts'
import { type ChaosWave, type Scenario, SERVICES } from '../scenario/index.ts'
import { faultText, percentText, placeText } from '../study/index.ts'
import { expectedLoad } from '../traffic/index.ts'

/** @param target URL of the balancer, or `embedded` */
export function planFacts(scenario: Scenario, target: string, runDirectory: string): PlanFacts {
  const { requests, sessions, peakUsers, likelyMs } = expectedLoad(scenario)
  return {
    target,
    runDirectory,
    expectedRequests: requests,
    expectedSessions: sessions,
    expectedMs: likelyMs,
    peakUsers,
    faults: plannedFaults(scenario),
  }
}

/** In the order of their starts: a plan is read along the time. */
function plannedFaults(scenario: Scenario): PlannedFault[] {
  const faults = scenario.faults.map((fault) => ({
    startMs: fault.startMs,
    endMs: fault.startMs + fault.durationMs,
    what: faultText(fault),
    where: placeText(fault, scenario),
  }))
  return [...faults, ...scenario.chaos.map(plannedWave)].sort((a, b) => a.startMs - b.startMs)
}

function plannedWave({
  startMs,
  durationMs,
  everyMs,
  lengthMs,
  services,
  share,
  faults,
}: ChaosWave): PlannedFault {
  const [shortestMs, longestMs] = lengthMs
  const length =
    shortestMs === longestMs
      ? formatDuration(shortestMs)
      : `${formatDuration(shortestMs)} to ${formatDuration(longestMs)}`
  const oneOf = services.length === SERVICES.length ? 'any service' : `one of ${services.join(', ')}`
  const kinds = [...new Set(faults.map(({ kind }) => kind))]
  return {
    startMs,
    endMs: startMs + durationMs,
    what: `chaos about every ${formatDuration(everyMs)}, for ${length}: ${kinds.join(', ')}`,
    where: `${percentText(share)} of ${services.length === 1 ? services[0] : oneOf}`,
  }
}
