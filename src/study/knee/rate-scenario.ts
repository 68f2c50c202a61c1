/**
 * One phase of a scenario, with its users at a given rate. They come as a Poisson process, as those of a large public
 * do: evenly spaced starts would be kinder to the target than real traffic, and their knee too high to plan with.
 */
import { UsageError } from '../../core/index.ts'
import {
  type Behavior,
  type Executor,
  onlyPhase,
  type Phase,
  phaseNamed,
  type Scenario,
} from '../../scenario/index.ts'
import { expectedLoad } from '../../traffic/index.ts'

/** What a request is taken to last when nothing is known yet. */
const ASSUMED_LATENCY_MS = 100
/** Room for what chance adds to the users that are there at once, and for answers that are slow. */
const SPARE = 1.5
const LEAST_ACCOUNTS = 100
/** Answers of the measured time are waited for as long as the client would, but no longer than this. */
const MOST_GRACE_MS = 60_000

export interface MeasuredTime {
  /** Until then the users gather; nothing counts. */
  readonly warmUpMs: number
  readonly windowMs: number
}

/** The phase of this name; of several, without a name, the one that most sessions start in per second. */
export function phaseOf(scenario: Scenario, name?: string): Phase {
  const phases = scenario.phases.filter(({ executor }) => !isScripted(executor))
  if (name !== undefined) {
    const found = phaseNamed(scenario, name)
    if (isScripted(found.executor)) throw noSessions(`phase "${name}" replays`)
    return found
  }
  if (phases.length === 0) throw noSessions('the scenario does nothing but replay')
  const rates = phases.map((phase) => expectedRate(onlyPhase(scenario, phase)))
  return phases[rates.indexOf(Math.max(...rates))]!
}

/** The requests of a trace come when they came: no rate is theirs to choose. */
function isScripted(executor: Executor): boolean {
  return executor.kind === 'trace-replay' && executor.trace.use === 'requests'
}

function noSessions(what: string): UsageError {
  return new UsageError(`${what} the requests of a trace: a knee is of sessions; name behaviors in the phase`)
}

/** Sessions per second that a scenario of one phase asks for by itself: where a search begins. */
export function expectedRate(single: Scenario): number {
  const { sessions, likelyMs } = expectedLoad(single)
  return (Math.max(1, sessions) * 1000) / likelyMs
}

/** After so long, those who leave are as many as those who come: the longest that a session is likely to take. */
export function longestSessionMs({ phases, behaviors, timeScale }: Scenario): number {
  const [phase] = phases
  return Math.max(
    ...Object.keys(phase!.behaviors).map((name) => longestOf(behaviors[name]!, phase!.pace, timeScale)),
  )
}

function longestOf(behavior: Behavior, pace: number, timeScale: number): number {
  const thinkMs = (seconds: number): number => (seconds * 1000) / (pace * timeScale)
  if (behavior.kind === 'flow') {
    return behavior.requests.reduce(
      (sum, { thinkTimeSeconds: [, most] }) => sum + thinkMs(most) + ASSUMED_LATENCY_MS,
      0,
    )
  }
  const byPages =
    behavior.pagesPerSession[1] * pace * (thinkMs(behavior.thinkTimeSeconds[1]) + ASSUMED_LATENCY_MS)
  return Math.min(byPages, (behavior.sessionMinutes[1] * 60_000) / timeScale)
}

/** A scenario of one phase at a rate, for as long as is measured, with accounts for all who are there at once. */
export function atRate(single: Scenario, sessionsPerSecond: number, time: MeasuredTime): Scenario {
  const [phase] = single.phases
  const { timeoutMs, retries } = single.client
  const patienceMs = timeoutMs * (1 + retries.most)
  const atOnce = (sessionsPerSecond * (longestSessionMs(single) + patienceMs)) / 1000
  const accounts = Math.max(single.accounts, Math.ceil(atOnce * SPARE) + LEAST_ACCOUNTS)
  return {
    ...single,
    accounts,
    maxConcurrentUsers: accounts,
    phases: [
      {
        ...phase!,
        durationMs: time.warmUpMs + time.windowMs,
        executor: { kind: 'poisson-arrivals', sessionsPerSecond, rampUpMs: 0 },
        gracefulStopMs: Math.min(MOST_GRACE_MS, patienceMs),
        variability: { ...phase!.variability, users: 0 },
      },
    ],
  }
}
