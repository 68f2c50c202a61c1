/**
 * Every executor, all of them at once, in both worlds: who comes, and when they are meant to, is the plan in either.
 * How fast the machine is, and when its timers fire, must not show in that.
 */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { policyFactory } from '../../src/routing/index.ts'
import { type Executor, hasIterations, isOpen, type Phase, type Scenario } from '../../src/scenario/index.ts'
import { executors, sessionStarts } from '../../src/traffic/index.ts'
import {
  DecisionStatistics,
  epochMs,
  type FinishedRequest,
  HttpClient,
  LiveWorld,
  type RunObserver,
  VirtualWorld,
} from '../../src/worlds/index.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'
import { ANY_EXECUTOR } from '../traffic/executors/any-executor.ts'
import { hostileServer, reply } from './live/hostile-server.ts'

const SEED = 7
const [TRACE] = fc.sample(ANY_EXECUTOR['trace-replay'], 1)

const SMALL: Readonly<Record<string, Executor>> = {
  'constant-users': { kind: 'constant-users', users: 2, rampUpMs: 300 },
  'ramping-users': {
    kind: 'ramping-users',
    startUsers: 0,
    stages: [
      { durationMs: 500, users: 3 },
      { durationMs: 500, users: 1 },
    ],
  },
  'per-user-iterations': { kind: 'per-user-iterations', users: 2, iterations: 3 },
  'shared-iterations': { kind: 'shared-iterations', users: 2, iterations: 5 },
  'constant-arrival-rate': { kind: 'constant-arrival-rate', sessionsPerSecond: 10 },
  'ramping-arrival-rate': {
    kind: 'ramping-arrival-rate',
    startSessionsPerSecond: 0,
    stages: [{ durationMs: 1000, sessionsPerSecond: 20 }],
  },
  'poisson-arrivals': { kind: 'poisson-arrivals', sessionsPerSecond: 10, rampUpMs: 300 },
  'bursty-arrivals': {
    kind: 'bursty-arrivals',
    quietSessionsPerSecond: 2,
    burstSessionsPerSecond: 60,
    meanQuietMs: 300,
    meanBurstMs: 100,
  },
  'diurnal-arrivals': {
    kind: 'diurnal-arrivals',
    meanSessionsPerSecond: 10,
    amplitude: 0.8,
    periodMs: 1000,
    peakMs: 500,
    noise: 0.3,
    noiseMs: 100,
  },
  'flash-crowd': {
    kind: 'flash-crowd',
    baseSessionsPerSecond: 3,
    spikeFactor: 10,
    startMs: 300,
    riseMs: 50,
    decayMs: 200,
  },
  'trace-replay': { ...TRACE!, speed: 0.5, factor: 1, maxUsers: 1000 },
}

/** Iterations get the time that they need. All begin when the live world has had the time to come up. */
const phases: Phase[] = executors.names.map((name) => {
  const executor = SMALL[name]!
  const durationMs = hasIterations(executor) ? 30_000 : 1000
  return phaseOf({ name, executor, startMs: 500, durationMs, gracefulStopMs: 3000 })
})
const scenario: Scenario = {
  ...smallScenario,
  timeScale: 300,
  accounts: 500,
  maxConcurrentUsers: 500,
  phases,
}

/** What a run was like, by phase. */
interface Told {
  readonly planned: number[]
  readonly started: number[]
  readonly ended: number[]
  readonly dropped: number[]
  /** When the first request of every session was meant to be sent. */
  readonly firstMs: Map<number, number>[]
}

function listener(): { told: Told; observer: RunObserver } {
  const zeros = (): number[] => phases.map(() => 0)
  const told: Told = {
    planned: zeros(),
    started: zeros(),
    ended: zeros(),
    dropped: zeros(),
    firstMs: phases.map(() => new Map()),
  }
  const observer: RunObserver = {
    onRequest: ({ origin, session, intendedMs }: FinishedRequest) => {
      const first = told.firstMs[origin.phase]!
      first.set(session, Math.min(first.get(session) ?? Number.POSITIVE_INFINITY, intendedMs))
    },
    onSessionStart: (phase) => told.started[phase]!++,
    onSessionEnd: (phase) => told.ended[phase]!++,
    onPlanned: (phase) => told.planned[phase]!++,
    onDropped: (phase) => told.dropped[phase]!++,
    onCheck: () => {},
    onUsers: () => {},
  }
  return { told, observer }
}

async function runVirtual(): Promise<Told> {
  const { told, observer } = listener()
  const decisions = new DecisionStatistics()
  const policies = policyFactory('round-robin')
  const world = new VirtualWorld({ scenario, seed: SEED, policies, decisions, observer })
  while (!world.over) world.step(10_000)
  return told
}

const clients: HttpClient[] = []
afterAll(() => Promise.all(clients.map((client) => client.close())))

async function runLive(): Promise<Told> {
  const { told, observer } = listener()
  const server = await hostileServer((socket, request) => {
    const path = request.split(' ')[1]!
    const body = path.endsWith('/login') ? '{"token":"t","user":{"id":1}}' : '[]'
    socket.write(reply(path.endsWith('/register') ? 201 : 200, body))
  })
  const client = new HttpClient(server.origin, 32)
  clients.push(client)
  const world = new LiveWorld({
    scenario: { ...scenario, world: 'live' },
    seed: SEED,
    client,
    pathPrefix: '',
    startEpochMs: epochMs(),
    accountPrefix: 'x',
    observer,
  })
  await world.run(new AbortController().signal)
  return told
}

describe.each([
  ['virtual', runVirtual],
  ['live', runLive],
] as const)('in the %s world', (_, run) => {
  let running: Promise<Told> | undefined
  const runOnce = (): Promise<Told> => (running ??= run())

  it('open loops start as planned, and are meant to start when planned', { timeout: 60_000 }, async () => {
    const { planned, started, dropped, firstMs } = await runOnce()
    for (const [i, phase] of phases.entries()) {
      if (!isOpen(phase.executor)) continue
      const plan = [...sessionStarts(phase, i, SEED)]
      expect([phase.name, planned[i], started[i], dropped[i]]).toEqual([
        phase.name,
        plan.length,
        plan.length,
        0,
      ])
      const meant = [...firstMs[i]!.values()].sort((a, b) => a - b)
      expect(meant).toEqual(plan)
    }
  })

  it('iterations are all carried out, and users come to their levels', async () => {
    const { planned, started } = await runOnce()
    const of = (name: string): [planned: number, started: number] => {
      const i = executors.names.indexOf(name)
      return [planned[i]!, started[i]!]
    }
    expect(of('per-user-iterations')).toEqual([6, 6])
    expect(of('shared-iterations')).toEqual([5, 5])
    expect(of('constant-users')[1]).toBeGreaterThanOrEqual(2)
    expect(of('ramping-users')[1]).toBeGreaterThanOrEqual(3)
  })

  it('nobody is left', async () => {
    const { started, ended } = await runOnce()
    expect(ended).toEqual(started)
  })
})
