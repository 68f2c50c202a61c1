/** Runs a scenario in the virtual world and keeps all that the world told, for the tests that look at it. */
import type { ExperienceRecord } from '../../src/experience/index.ts'
import { policyFactory } from '../../src/routing/index.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import {
  createExperienceLog,
  DecisionStatistics,
  type FinishedRequest,
  VirtualWorld,
} from '../../src/worlds/index.ts'

export interface VirtualRunSettings {
  readonly seed?: number
  readonly policy?: string
  /** False: rewards are summed up, no line is written. */
  readonly recorded?: boolean
  /** Cut the run after so many events. */
  readonly cutAfterEvents?: number
}

/** A finished request of a client, as it was told; the trace written out. */
export interface KeptRequest extends Omit<FinishedRequest, 'origin'> {
  readonly trace: string
  readonly phase: number
}

export interface VirtualRun {
  readonly jsonl: string
  readonly records: readonly ExperienceRecord[]
  readonly requests: readonly KeptRequest[]
  readonly starts: readonly { readonly phase: number; readonly atMs: number }[]
  readonly users: readonly { readonly atMs: number; readonly users: number }[]
  readonly ended: { completed: number; cut: number }
  readonly dropped: number
  readonly failedChecks: readonly string[]
  readonly decisions: DecisionStatistics
  readonly endMs: number
  /** Why the run was stopped before its time, if it was. */
  readonly stopped: string | undefined
}

export function runVirtually(scenario: Scenario, settings: VirtualRunSettings = {}): VirtualRun {
  const { seed = 1, policy = 'round-robin', recorded = true } = settings
  const { cutAfterEvents = Number.POSITIVE_INFINITY } = settings
  const lines: string[] = []
  const requests: KeptRequest[] = []
  const starts: { phase: number; atMs: number }[] = []
  const users: { atMs: number; users: number }[] = []
  const ended = { completed: 0, cut: 0 }
  const failedChecks: string[] = []
  const decisions = new DecisionStatistics()
  let dropped = 0
  const sink = {
    writeLine: (bytes: Uint8Array, length: number) => {
      lines.push(Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('utf8'))
    },
  }
  const world = new VirtualWorld({
    scenario,
    seed,
    policies: policyFactory(policy),
    decisions,
    record: (routers) =>
      createExperienceLog({ run: 'test', scenario, routers, ...(recorded ? { sink } : {}) }),
    observer: {
      onRequest: ({ origin, ...request }) => {
        requests.push({ ...request, trace: origin.trace, phase: origin.phase })
      },
      onSessionStart: (phase) => starts.push({ phase, atMs: world.nowMs }),
      onSessionEnd: (_, result) => {
        if (result === undefined) ended.cut++
        else ended.completed++
      },
      onCheck: (name, passed) => {
        if (!passed) failedChecks.push(name)
      },
      onUsers: (atMs, count) => users.push({ atMs, users: count }),
      onDropped: () => {
        dropped++
      },
    },
  })
  for (let left = cutAfterEvents; !world.over && left > 0; left -= 1000) world.step(Math.min(left, 1000))
  world.close()
  let records: readonly ExperienceRecord[] | undefined
  return {
    get jsonl() {
      return lines.join('')
    },
    get records() {
      return (records ??= lines.map((line) => JSON.parse(line) as ExperienceRecord))
    },
    requests,
    starts,
    users,
    ended,
    dropped,
    failedChecks,
    decisions,
    endMs: world.nowMs,
    stopped: world.stopped,
  }
}

/** The records of each client request, in the order of the decisions: its own and those of the calls it caused. */
export function recordsByTrace(
  records: readonly ExperienceRecord[],
): ReadonlyMap<string, readonly ExperienceRecord[]> {
  const byTrace = new Map<string, ExperienceRecord[]>()
  for (const record of records.toSorted((a, b) => a.decision - b.decision)) {
    const list = byTrace.get(record.trace)
    if (list === undefined) byTrace.set(record.trace, [record])
    else list.push(record)
  }
  return byTrace
}

/** Work of every answered call, in ms at speed 1, by trace, route and place among the calls of that route. */
export function workByCall(scenario: Scenario, records: readonly ExperienceRecord[]): Map<string, number> {
  const work = new Map<string, number>()
  for (const [trace, calls] of recordsByTrace(records)) {
    const seen = new Map<string, number>()
    for (const { route, service, action, outcome } of calls) {
      const place = seen.get(route) ?? 0
      seen.set(route, place + 1)
      const { speeds } = scenario.shop.services[service as keyof Scenario['shop']['services']]
      if (outcome?.workMs != null)
        work.set(`${trace} ${route} ${place}`, outcome.workMs * speeds[action!.index]!)
    }
  }
  return work
}
