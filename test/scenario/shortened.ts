/** A scenario in a fraction of its time, for tests that cannot wait: all that it plans happens, only sooner. */
import { type Executor, type Fault, type Scenario, scenarioDurationMs } from '../../src/scenario/index.ts'

export interface Shortening {
  /** A scenario that is shorter anyway stays as it is. */
  readonly toMs: number
  /** No phase has more users, or sessions per second. */
  readonly mostUsers?: number
  /** Users live so many times faster, on top of the scenario's own. */
  readonly hurry?: number
}

export function shortened(
  scenario: Scenario,
  { toMs, mostUsers = Infinity, hurry = 1 }: Shortening,
): Scenario {
  const factor = Math.min(1, toMs / scenarioDurationMs(scenario))
  const times = <Window extends { readonly startMs: number; readonly durationMs: number }>(
    window: Window,
  ): Window => {
    // Whole milliseconds, as in any file: phases that touch still do.
    const startMs = Math.round(window.startMs * factor)
    return {
      ...window,
      startMs,
      durationMs: Math.round((window.startMs + window.durationMs) * factor) - startMs,
    }
  }
  const kind = (fault: Pick<Fault, 'kind' | 'parameters'>) => ({
    kind: fault.kind,
    parameters: inSeconds(fault.parameters, factor),
  })
  return {
    ...scenario,
    timeScale: scenario.timeScale * hurry,
    phases: scenario.phases.map((phase) => ({
      ...times(phase),
      executor: shortenedExecutor(phase.executor, factor, mostUsers),
      gracefulStopMs: phase.gracefulStopMs === null ? null : phase.gracefulStopMs * factor,
    })),
    faults: scenario.faults.map((fault) => ({ ...times(fault), ...kind(fault) })),
    chaos: scenario.chaos.map((wave) => ({
      ...times(wave),
      everyMs: wave.everyMs * factor,
      lengthMs: [wave.lengthMs[0] * factor, wave.lengthMs[1] * factor],
      faults: wave.faults.map(kind),
    })),
  }
}

/** What is a time is shorter, and what is a number of users or a rate is limited. */
function shortenedExecutor(executor: Executor, factor: number, most: number): Executor {
  const shorten = (fields: object): object =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => {
        if (Array.isArray(value)) return [name, value.map(shorten)]
        if (name.endsWith('Ms')) return [name, value * factor]
        return [name, /users$|sessionsPerSecond$/i.test(name) ? Math.min(value, most) : value]
      }),
    )
  return shorten(executor) as Executor
}

/** What faults count in seconds belongs to the timeline; milliseconds are those of single requests. */
function inSeconds(parameters: Fault['parameters'], factor: number): Fault['parameters'] {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      name.endsWith('Seconds') ? value * factor : value,
    ]),
  )
}
