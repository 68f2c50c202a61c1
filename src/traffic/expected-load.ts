/** The load that a scenario asks for, estimated before it runs: what the plan shows. */
import {
  type Behavior,
  type Phase,
  type Range,
  type Scenario,
  scenarioDurationMs,
} from '../scenario/index.ts'
import { levelSteps } from './user-levels.ts'

/** What a request is taken to last when nothing is known yet. */
const ASSUMED_LATENCY_SECONDS = 0.1
/** Requests of signing in: log in, and either register or look at the old cart. */
const SIGN_IN_REQUESTS = 2
/** Points at which a range is looked at. */
const SPREAD = 8

export interface ExpectedLoad {
  readonly requests: number
  readonly sessions: number
  readonly peakUsers: number
  readonly durationMs: number
  readonly phases: readonly { readonly requests: number; readonly requestsPerSecond: number }[]
}

export function expectedLoad(scenario: Scenario): ExpectedLoad {
  const phases = scenario.phases.map((phase, index) => {
    const perSession = Object.entries(phase.behaviors).map(([name, share]) => ({
      share,
      ...sessionLoad(scenario.behaviors[name]!, phase, scenario.timeScale),
    }))
    const seconds = perSession.reduce((sum, { share, seconds }) => sum + share * seconds, 0)
    const requests = perSession.reduce((sum, { share, requests }) => sum + share * requests, 0)
    const sessions =
      phase.users > 0
        ? plannedUserSeconds(scenario, index) / seconds
        : (phase.sessionsPerSecond * (phase.durationMs - phase.rampUpMs / 2)) / 1000
    return { sessions, requests: sessions * requests, seconds, rate: phase.sessionsPerSecond }
  })
  return {
    requests: Math.round(sum(phases.map((phase) => phase.requests))),
    sessions: Math.round(sum(phases.map((phase) => phase.sessions))),
    peakUsers: Math.round(
      peakUsers(scenario) + Math.max(...phases.map(({ rate, seconds }) => rate * seconds)),
    ),
    durationMs: scenarioDurationMs(scenario),
    phases: phases.map(({ requests }, i) => ({
      requests: Math.round(requests),
      requestsPerSecond: (requests * 1000) / scenario.phases[i]!.durationMs,
    })),
  }
}

/** Mean length and requests of one session. */
function sessionLoad(behavior: Behavior, phase: Phase, timeScale: number) {
  const thinkSeconds = mean(behavior.thinkTimeSeconds) / (phase.pace * timeScale)
  const pageSeconds = thinkSeconds + ASSUMED_LATENCY_SECONDS
  // Whichever is used up first ends a session: the mean of the lesser is less than the lesser of the means.
  let pages = 0
  for (const budget of spread(behavior.pagesPerSession)) {
    for (const minutes of spread(behavior.sessionMinutes)) {
      const affordable = (minutes * 60) / timeScale / pageSeconds
      pages += Math.min(budget * phase.pace, affordable) / (SPREAD * SPREAD)
    }
  }
  const requests = SIGN_IN_REQUESTS + pages
  return { seconds: pages * pageSeconds + SIGN_IN_REQUESTS * ASSUMED_LATENCY_SECONDS, requests }
}

/** Values that stand for the whole of a range. */
function spread([low, high]: Range): number[] {
  return Array.from({ length: SPREAD }, (_, i) => low + ((high - low) * (i + 0.5)) / SPREAD)
}

/** User-seconds that a phase asks for in all. Open-loop phases ask for none. */
export function plannedUserSeconds(scenario: Scenario, phase: number): number {
  let total = 0
  let users = 0
  let sinceMs = 0
  for (const step of levelSteps(scenario.phases)) {
    if (step.phase !== phase) continue
    total += (users * (step.atMs - sinceMs)) / 1000
    users = step.users
    sinceMs = step.atMs
  }
  return total
}

function peakUsers(scenario: Scenario): number {
  const users = scenario.phases.map(() => 0)
  let peak = 0
  for (const step of levelSteps(scenario.phases)) {
    users[step.phase] = step.users
    peak = Math.max(peak, sum(users))
  }
  return peak
}

function mean([low, high]: Range): number {
  return (low + high) / 2
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
