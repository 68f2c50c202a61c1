/** The load that a scenario asks for, estimated before it runs: what the plan shows. */
import {
  type Behavior,
  type FlowBehavior,
  hasIterations,
  isOpen,
  type Phase,
  type Range,
  type Scenario,
  type ShopperBehavior,
  scenarioDurationMs,
} from '../scenario/index.ts'
import {
  comingAgain,
  type GatheringPhase,
  gatheringPhase,
  plannedSessions,
  timesToLookAt,
  usersBeyondLevels,
} from './planned-load.ts'
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
  /** Until the last phase ends. */
  readonly durationMs: number
  /** The same where phases of iterations are likely to be done before. */
  readonly likelyMs: number
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
    const sessions = plannedSessions(scenario, index, seconds)
    const again = comingAgain(scenario, index)
    return {
      sessions: sessions + again,
      requests: sessions * requests + again * SIGN_IN_REQUESTS,
      ...gatheringPhase(phase, seconds),
    }
  })
  return {
    requests: Math.round(sum(phases.map((phase) => phase.requests))),
    sessions: Math.round(sum(phases.map((phase) => phase.sessions))),
    peakUsers: Math.round(peakUsers(scenario, phases)),
    durationMs: scenarioDurationMs(scenario),
    likelyMs: Math.max(...phases.map(({ endMs }) => endMs)),
    phases: phases.map(({ requests, endMs }, i) => ({
      requests: Math.round(requests),
      requestsPerSecond: (requests * 1000) / (endMs - scenario.phases[i]!.startMs),
    })),
  }
}

/** Mean length and requests of one session. */
function sessionLoad(behavior: Behavior, phase: Phase, timeScale: number) {
  return behavior.kind === 'flow'
    ? flowLoad(behavior, phase, timeScale)
    : shoppingLoad(behavior, phase, timeScale)
}

/** Of a pass that nothing ends early. */
function flowLoad({ requests }: FlowBehavior, phase: Phase, timeScale: number) {
  const thinkSeconds = sum(requests.map(({ thinkTimeSeconds }) => meanThinkSeconds(thinkTimeSeconds, phase)))
  // Requests of a trace come one by one, and none of them is written here.
  const count = Math.max(1, requests.length)
  const seconds = thinkSeconds / (phase.pace * timeScale) + count * ASSUMED_LATENCY_SECONDS
  return { seconds, requests: count }
}

function shoppingLoad(behavior: ShopperBehavior, phase: Phase, timeScale: number) {
  const thinkSeconds = meanThinkSeconds(behavior.thinkTimeSeconds, phase) / (phase.pace * timeScale)
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

/** Most users at once, phases that overlap added up. */
function peakUsers({ phases, seed }: Scenario, gathering: readonly GatheringPhase[]): number {
  const steps = levelSteps(phases, seed)
  const times = [...new Set([...gathering.flatMap(timesToLookAt), ...steps.map(({ atMs }) => atMs)])]
  const beyond = gathering.filter(({ phase }) => isOpen(phase.executor) || hasIterations(phase.executor))
  const held = new Float64Array(phases.length)
  let levels = 0
  let next = 0
  let peak = 0
  for (const atMs of times.sort((a, b) => a - b)) {
    for (; next < steps.length && steps[next]!.atMs <= atMs; next++) {
      const { phase, users } = steps[next]!
      levels += users - held[phase]!
      held[phase] = users
    }
    peak = Math.max(peak, levels + sum(beyond.map((one) => usersBeyondLevels(one, atMs))))
  }
  return peak
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
