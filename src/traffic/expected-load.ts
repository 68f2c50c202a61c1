/** The load that a scenario asks for, estimated before it runs: what the plan shows. */
import {
  type Behavior,
  type Phase,
  type Range,
  type Scenario,
  scenarioDurationMs,
} from '../scenario/index.ts'
import { meanThinkSeconds } from './think-time.ts'
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
    const again = comingAgain(scenario, index)
    return {
      sessions: sessions + again,
      requests: sessions * requests + again * SIGN_IN_REQUESTS,
      seconds,
      rate: phase.sessionsPerSecond,
    }
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
  const thinkSeconds = meanThinkSeconds(behavior, phase) / (phase.pace * timeScale)
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

/** User-seconds that a phase asks for in all, with the seed of the scenario. Open-loop phases ask for none. */
export function plannedUserSeconds(scenario: Scenario, phase: number): number {
  let total = 0
  let users = 0
  let sinceMs = 0
  for (const step of levelSteps(scenario.phases, scenario.seed)) {
    if (step.phase !== phase) continue
    total += (users * (step.atMs - sinceMs)) / 1000
    users = step.users
    sinceMs = step.atMs
  }
  return total
}

/** Users that come because a phase that varies rises again. Theirs are sessions more: those of who left were cut short. */
function comingAgain(scenario: Scenario, phase: number): number {
  if (scenario.phases[phase]!.variability.users === 0) return 0
  const { startMs, rampUpMs } = scenario.phases[phase]!
  let total = 0
  let users: number | undefined
  for (const step of levelSteps(scenario.phases, scenario.seed)) {
    if (step.phase !== phase || step.atMs < startMs + rampUpMs) continue
    total += Math.max(0, step.users - (users ?? step.users))
    users = step.users
  }
  return total
}

function peakUsers(scenario: Scenario): number {
  const users = scenario.phases.map(() => 0)
  let peak = 0
  const steps = levelSteps(scenario.phases, scenario.seed)
  for (const [i, step] of steps.entries()) {
    users[step.phase] = step.users
    if (steps[i + 1]?.atMs !== step.atMs) peak = Math.max(peak, sum(users))
  }
  return peak
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
