/** The load of a live run from several generator processes: it is the load of one, also if a process is lost. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Scenario } from '../../../src/scenario/index.ts'
import {
  type FinishedRun,
  type RunScenarioOptions,
  runScenario,
  SILENT_RUN,
} from '../../../src/study/index.ts'
import { until } from '../../e2e/loadgen-process.ts'
import { flowOf } from '../../scenario/flow/flow-files.ts'
import { folderOf } from '../../scenario/scenario-files.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'
import { stubTarget } from '../stub-target.ts'

const smoke =
  flowOf(`- { name: list, service: inventory-service, get: /api/inventory/products, thinkTimeSeconds: [0, 0] }
- { name: one, service: inventory-service, get: '/api/inventory/products/\${random}', thinkTimeSeconds: [0, 0] }`)

/** Sessions of two requests whatever is answered, with a number drawn for each: a run is known by what it asks for. */
const SCENARIO: Scenario = {
  ...smallScenario,
  name: 'flows',
  world: 'live',
  accounts: 40,
  maxConcurrentUsers: 40,
  behaviors: { smoke },
  phases: [
    { executor: { kind: 'constant-arrival-rate', sessionsPerSecond: 15 }, durationMs: 2_000 },
    { executor: { kind: 'shared-iterations', users: 4, iterations: 15 }, durationMs: 30_000 },
  ].map((settings, i) =>
    phaseOf({ name: `phase-${i}`, behaviors: { smoke: 1 }, gracefulStopMs: 30_000, ...settings } as never),
  ),
}

async function runWith(
  target: string,
  processes: number,
  others: Partial<RunScenarioOptions> = {},
  scenario = SCENARIO,
): Promise<FinishedRun> {
  return runScenario({
    loaded: { scenario, warnings: [], source: { file: 'tiny.yaml', dialect: 'native' } },
    target,
    processes,
    out: folderOf({ 'keep.txt': '' }),
    train: false,
    evaluate: false,
    jobs: 1,
    signal: new AbortController().signal,
    events: SILENT_RUN,
    ...others,
  })
}

function linesOf({ directory }: FinishedRun): { phase: string; action: string; intendedMs: number }[] {
  const lines = readFileSync(directory.requests, 'utf8').split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line))
}

/** When the sessions of the open loop were to start, without those that had to wait until the process was there. */
function starts(run: FinishedRun): number[] {
  const first = linesOf(run).filter(({ phase, action }) => phase === 'phase-0' && action === 'list')
  const times = first.map(({ intendedMs }) => intendedMs).filter((ms) => ms > 1_000)
  return times.sort((a, b) => a - b)
}

/** Generators that this process has started. */
function generators(): number[] {
  try {
    const ids = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'worker --channel'], {
      encoding: 'utf8',
    })
    return ids.trim().split('\n').map(Number)
  } catch {
    return []
  }
}

describe('the load of several processes', () => {
  it('is the load of one, request by request', async () => {
    const [once, shared] = [await stubTarget(() => undefined), await stubTarget(() => undefined)]
    const [one, three] = [await runWith(once.url, 1), await runWith(shared.url, 3)]
    expect(once.asked.length).toBeGreaterThan(90)
    expect(shared.asked.toSorted()).toEqual(once.asked.toSorted())
    expect(starts(one)).toHaveLength(15)
    expect(starts(three)).toEqual(starts(one))
    expect(three.summary).toMatchObject({ requests: 90, stopped: null, interrupted: false })
    const sessions = ({ summary }: FinishedRun) => [
      summary.sessions,
      summary.phases.map((phase) => phase.plannedSessions),
    ]
    expect(sessions(three)).toEqual(sessions(one))
    expect(existsSync(three.directory.requests.replace('.jsonl', '.1-of-3.jsonl'))).toBe(false)
  })

  it('goes on without one that is lost, and says so', async () => {
    const { url } = await stubTarget(() => undefined)
    const long: Scenario = { ...SCENARIO, phases: [{ ...SCENARIO.phases[0]!, durationMs: 3_000 }] }
    let progressed = false
    const events = { ...SILENT_RUN, onProgress: () => void (progressed = true) }
    const running = runWith(url, 2, { events }, long)
    await until(() => progressed, 'the generators to be at it')
    const [victim] = generators()
    process.kill(victim!, 'SIGKILL')
    const { summary } = await running
    expect(summary.stopped).toMatch(
      /^segment \d of 2 is lost: its process ended in mid-run \(SIGKILL\).*of the others$/,
    )
    // Half of the 45 arrivals, each with two requests.
    expect([44, 46]).toContain(summary.requests)
  })

  it('ends when it is interrupted, and when a threshold of all together does not hold', async () => {
    const { url } = await stubTarget(() => ({ status: 500 }))
    const long: Scenario = { ...SCENARIO, phases: [{ ...SCENARIO.phases[0]!, durationMs: 60_000 }] }
    const end = new AbortController()
    const events = { ...SILENT_RUN, onProgress: () => end.abort() }
    const cut = await runWith(url, 2, { events, signal: end.signal }, long)
    expect(cut.summary.interrupted).toBe(true)
    expect(cut.summary.requests).toBe(linesOf(cut).length)
    const threshold = { metric: 'errorRate', operator: '<', limit: 0.5, abortAfterMs: 0 } as never
    const { summary } = await runWith(url, 2, {}, { ...long, thresholds: [threshold] })
    expect(summary.abortedBy?.metric).toBe('errorRate')
    expect(summary.durationMs).toBeLessThan(60_000)
    await until(() => generators().length === 0, 'the generators to be gone')
  })
})
