import { describe, expect, it } from 'vitest'
import { RewardSums } from '../../../src/experience/index.ts'
import { type Scenario, SERVICES, scenarioHash } from '../../../src/scenario/index.ts'
import {
  type CapturedRun,
  type CaptureSummary,
  RunStatistics,
  type RunSummary,
  type SummaryInput,
  summarize,
} from '../../../src/study/index.ts'
import { DecisionStatistics } from '../../../src/worlds/index.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'
import { finishedRequest } from '../finished-request.ts'

const SCENARIO: Scenario = {
  ...smallScenario,
  thresholds: [
    { metric: 'errorRate', operator: '<', limit: 0.1 },
    { metric: 'maxLatencyMs', operator: '<', limit: 100 },
  ],
  phases: [
    phaseOf({ name: 'calm', durationMs: 60_000, users: 4 }),
    phaseOf({ name: 'peak', startMs: 60_000, durationMs: 60_000, users: 8 }),
  ],
}

/** Two minutes with four requests: three searches in the first phase, one order that fails in the second. */
function statisticsByHand(): RunStatistics {
  const statistics = new RunStatistics(SCENARIO)
  statistics.onUsers(0, 4, [4, 0])
  for (const latencyMs of [10, 20, 60]) {
    statistics.onRequest(finishedRequest({ action: 'search', endMs: 1000 + latencyMs }))
  }
  statistics.onUsers(60_000, 8, [0, 8])
  const failed = { expected: false, reply: { status: 503 } }
  statistics.onRequest(
    finishedRequest({ ...failed, phase: 1, action: 'order', intendedMs: 80_000, endMs: 80_120 }),
  )
  for (const phase of [0, 0, 1]) statistics.onSessionStart(phase)
  statistics.onSessionEnd(0, { signedIn: true, ordered: true, pages: 3 })
  statistics.onSessionEnd(0, { signedIn: true, ordered: false, pages: 3 })
  statistics.onCheck('the order has a number', false)
  return statistics
}

function decisionsByHand(): DecisionStatistics {
  const decisions = new DecisionStatistics()
  const cart = SERVICES.indexOf('cart-service')
  decisions.onAnswer(cart, 0, 10, false)
  decisions.onAnswer(cart, 0, 30, false)
  decisions.onAnswer(cart, 2, 50, true)
  decisions.onShed(cart)
  return decisions
}

function summaryOf(settings: Partial<SummaryInput> = {}): RunSummary {
  return summarize({
    runId: 'run-1',
    scenario: SCENARIO,
    source: 'scenario.yaml',
    seed: 5,
    policy: 'round-robin',
    target: 'embedded',
    startedAt: new Date('2026-11-21T10:15:00Z'),
    endMs: 120_000,
    wallMs: 900,
    interrupted: false,
    stopped: null,
    statistics: statisticsByHand(),
    decisions: decisionsByHand(),
    experience: { decisions: 3, recorded: 3, file: 'x.jsonl', rewards: null },
    warnings: ['careful'],
    ...settings,
  })
}

describe('summarize', () => {
  it('says what was run', () => {
    expect(summaryOf()).toMatchObject({
      version: 1,
      runId: 'run-1',
      scenario: { name: 'tiny', hash: scenarioHash(SCENARIO), source: 'scenario.yaml' },
      world: SCENARIO.world,
      startedAt: '2026-11-21T10:15:00.000Z',
      durationMs: 120_000,
      warnings: ['careful'],
      training: null,
      comparison: null,
    })
  })

  it('sums up requests, sessions and checks', () => {
    const summary = summaryOf()
    expect(summary).toMatchObject({
      requests: 4,
      errorRate: 0.25,
      sessions: { started: 3, completed: 2, conversionRate: 0.5 },
      failures: { 503: 1 },
      checks: [{ name: 'the order has a number', passes: 0, fails: 1 }],
      latency: { count: 4, minMs: 10, maxMs: 120, meanMs: 52.5 },
    })
    expect(summary.requestsPerSecond).toBeCloseTo(4 / 120, 12)
    expect(summary.byAction.map(({ action, requests, errorRate }) => [action, requests, errorRate])).toEqual([
      ['search', 3, 0],
      ['order', 1, 1],
    ])
  })

  it('sums up attempts, and each fault beside the time without', () => {
    const parameters = { rate: 1 }
    const instances = ['cart-service-1']
    const fault = { kind: 'refuse', instances, share: 1, startMs: 70_000, durationMs: 20_000, parameters }
    const statistics = new RunStatistics(SCENARIO, [fault])
    statistics.onRequest(finishedRequest())
    statistics.onRequest(
      finishedRequest({ attempts: 2, retries: 1, expected: false, intendedMs: 80_000, endMs: 90_500 }),
    )
    const { retries, faults, outsideFaults } = summaryOf({ statistics })
    expect(retries).toMatchObject({ requests: 2, attempts: 3, retried: 1, recovered: 0 })
    expect(faults).toMatchObject([
      { what: 'refuse', endMs: 90_000, requests: 1, errorRate: 1, p95Ms: 10_500 },
    ])
    expect(outsideFaults).toEqual({ requests: 1, errorRate: 0, p95Ms: 40 })
  })

  it('does not complain of too little load in a run that was stopped', () => {
    expect(summaryOf({ statistics: new RunStatistics(SCENARIO) }).warnings).toHaveLength(3)
    const summary = summaryOf({ statistics: new RunStatistics(SCENARIO), stopped: 'deadlock' })
    expect(summary).toMatchObject({ stopped: 'deadlock', warnings: ['careful'] })
  })

  it('sums up each phase over its own length', () => {
    const [calm, peak] = summaryOf().phases
    expect(calm).toMatchObject({ name: 'calm', startMs: 0, endMs: 60_000, plannedUsers: 4, sessions: 2 })
    expect([calm!.meanUsers, peak!.meanUsers]).toEqual([4, 8])
    expect([calm!.requestsPerSecond, peak!.requestsPerSecond]).toEqual([3 / 60, 1 / 60])
    expect([calm!.errorRate, peak!.errorRate]).toEqual([0, 1])
  })

  it('shows how each service spread its decisions', () => {
    const { services } = summaryOf()
    expect(services.map(({ service }) => service)).toEqual(SERVICES)
    const cart = services.find(({ service }) => service === 'cart-service')!
    expect(cart).toMatchObject({ decisions: 3, latency: { meanMs: 30 }, sheds: 1 })
    expect(cart.errorRate).toBeCloseTo(1 / 3, 12)
    expect(cart.instances.map(({ instance, decisions }) => [instance, decisions])).toEqual([
      ['cart-service-1', 2],
      ['cart-service-2', 0],
      ['cart-service-3', 1],
    ])
    expect(cart.instances.map(({ share }) => share)).toEqual([2 / 3, 0, 1 / 3])
    expect(cart.instances.map(({ meanLatencyMs }) => meanLatencyMs)).toEqual([20, Number.NaN, 50])
    expect(services[0]).toMatchObject({ decisions: 0, errorRate: 0, sheds: 0 })
  })

  it('knows nothing of the services behind a balancer that is not ours', () => {
    expect(summaryOf({ decisions: undefined }).services).toEqual([])
  })

  it('checks the thresholds of the scenario', () => {
    expect(summaryOf().thresholds).toEqual([
      { metric: 'errorRate', condition: '< 0.1', value: 0.25, passed: false },
      { metric: 'maxLatencyMs', condition: '< 100', value: 120, passed: false },
    ])
  })

  it('keeps the mean rewards', () => {
    const parts = { latency: -1, error: 0, throughput: 0, balance: 0, satisfaction: 1 }
    const rewards = { reward: -0.5, parts, sums: new RewardSums().toJSON() }
    const experience = { decisions: 3, recorded: 2, file: null, rewards }
    expect(summaryOf({ experience }).experience).toEqual({
      decisions: 3,
      recorded: 2,
      file: null,
      meanReward: -0.5,
      meanRewards: parts,
    })
  })

  it('ends the phases of a cut run where it was cut, and those that never began at their start', () => {
    const { phases } = summaryOf({
      endMs: 30_000,
      interrupted: true,
      statistics: new RunStatistics(SCENARIO),
    })
    expect(phases.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [0, 30_000],
      [60_000, 60_000],
    ])
    expect(phases[1]).toMatchObject({ requests: 0, requestsPerSecond: 0, meanUsers: 0 })
  })
})

describe('a run whose decisions a client captured', () => {
  const instances: CapturedRun['instances'] = {
    'user-service': [],
    'inventory-service': [],
    'cart-service': ['x', 'y', 'z'],
    'order-service': [],
    'payment-service': [],
    'notification-service': [],
  }
  const capture: CaptureSummary = {
    instanceFrom: 'header x-upstream',
    attempts: 5,
    answered: 4,
    named: 3,
    retried: 0,
    strangers: {},
    propensities: 'not known',
    missingFeatures: ['cpu'],
    polls: [],
  }

  it('has the instances that were seen, of the services that were', () => {
    const summary = summaryOf({ captured: { summary: capture, untold: [], instances } })
    expect(summary.capture).toEqual(capture)
    expect(summary.services.map(({ service }) => service)).toEqual(['cart-service'])
    expect(summary.services[0]!.instances.map(({ instance, decisions }) => [instance, decisions])).toEqual([
      ['x', 2],
      ['y', 0],
      ['z', 1],
    ])
    expect(summary.warnings).toContain('1 of 4 answers did not name an instance')
  })

  it('is told from others', () => {
    expect(summaryOf().capture).toBeNull()
    expect(summaryOf().services).toHaveLength(SERVICES.length)
  })
})
