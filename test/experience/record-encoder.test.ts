import { describe, expect, it } from 'vitest'
import { newStateBytes, type StateBytes, StateEncoder } from '../../src/experience/encode-state.ts'
import type { Outcome, PendingDecision } from '../../src/experience/index.ts'
import { RecordEncoder, type RecordNames } from '../../src/experience/record-encoder.ts'
import type { Policy } from '../../src/routing/index.ts'
import { observationOf } from '../routing/observation-of.ts'

const policy = (id: string, version: string): Policy => ({ id, version, choose: () => 0 })

const NAMES: RecordNames = {
  run: 'a "quoted" run',
  services: ['cart-service', 'søk'],
  instances: { 'cart-service': ['cart-1', 'cart-2'], søk: ['søk-1'] },
  routes: ['cart.get', 'other'],
  phases: ['warm "up"', 'peak\n'],
  profiles: ['browser', '買い物'],
}
const DECIDERS = [policy('epsilon-greedy(random, epsilon=0.2)', '1/1'), policy('model:C:\\models\\"m"', 'ab')]

const OUTCOME: Outcome = {
  status: 200,
  latencyMs: 12.5,
  queueMs: 2.25,
  workMs: 10.125,
  failure: null,
  failed: false,
}

function stateOf(...inFlight: number[]): StateBytes {
  const state = newStateBytes()
  new StateEncoder().encode(state, observationOf({ inFlight }))
  return state
}

function pendingOf(change: Partial<PendingDecision> = {}): PendingDecision {
  return {
    decision: 41,
    service: 0,
    atMs: 1234.5678,
    origin: { trace: '0123456789abcdef'.repeat(2), hop: 1, attempt: 0, phase: 0, profile: 1 },
    route: 1,
    retryOf: null,
    decider: DECIDERS[change.service ?? 0],
    action: 1,
    propensityKnown: true,
    propensityEstimated: false,
    strategy: -1,
    strategyPropensities: new Float64Array(0),
    shadowAction: -1,
    shadowPropensities: new Float64Array(0),
    propensities: Float64Array.of(1 / 3, 2 / 3, Number.NaN),
    count: 2,
    state: stateOf(3, 4),
    balance: -0.125,
    areaAtMs: 0,
    next: stateOf(5, 6),
    dtMs: 7.25,
    throughputMs: 30,
    outcome: OUTCOME,
    rewards: { latency: -0.125, error: 0, throughput: -0.3, balance: -0.125, satisfaction: 1 },
    reward: 0.1234567,
    truncated: false,
    place: 0,
    ...change,
  }
}

const row = (inFlight: number) => [inFlight, ...Array(7).fill(null), 1, null, 1, null, null, null]
const CONTEXT = [0, 0, 0, 0, 0, 0, 0, 0]
const WRITTEN = {
  v: 1,
  run: 'a "quoted" run',
  decision: 41,
  trace: '0123456789abcdef0123456789abcdef',
  hop: 1,
  t: 1234.568,
  phase: 'warm "up"',
  profile: '買い物',
  service: 'cart-service',
  route: 'other',
  state: { context: CONTEXT, instances: [row(3), row(4)] },
  action: { index: 1, instance: 'cart-2' },
  propensity: [0.333333333, 0.666666667],
  policy: { id: 'epsilon-greedy(random, epsilon=0.2)', version: '1/1' },
  outcome: { status: 200, latencyMs: 12.5, queueMs: 2.25, workMs: 10.125, failure: null, retryOf: null },
  rewards: { latency: -0.125, error: 0, throughput: -0.3, balance: -0.125, satisfaction: 1 },
  reward: 0.123457,
  next: { dtMs: 7.25, context: CONTEXT, instances: [row(5), row(6)] },
  done: false,
  truncated: false,
}

const encoder = new RecordEncoder(NAMES)

function encode(pending: PendingDecision): string {
  const { bytes, length } = encoder.encode(pending)
  return Buffer.from(bytes.subarray(0, length)).toString('utf8')
}

describe('RecordEncoder', () => {
  it.each<[string, Partial<PendingDecision>, Partial<Record<keyof typeof WRITTEN, unknown>>]>([
    ['a whole record', {}, {}],
    [
      'the other service, whose names are not ASCII',
      { service: 1, action: 0 },
      {
        service: 'søk',
        action: { index: 0, instance: 'søk-1' },
        policy: { id: 'model:C:\\models\\"m"', version: 'ab' },
      },
    ],
    [
      'a client that did not say who it is',
      { origin: { trace: 'f'.repeat(32), hop: 0, attempt: 0, phase: -1, profile: -1 } },
      { trace: 'f'.repeat(32), hop: 0, phase: null, profile: null },
    ],
    [
      'no reply',
      {
        outcome: {
          status: 0,
          latencyMs: 5000,
          queueMs: Number.NaN,
          workMs: Number.NaN,
          failure: 'timeout',
          failed: true,
        },
      },
      {
        outcome: {
          status: 0,
          latencyMs: 5000,
          queueMs: null,
          workMs: null,
          failure: 'timeout',
          retryOf: null,
        },
      },
    ],
    [
      'no answer',
      { outcome: undefined, truncated: true },
      { outcome: null, rewards: null, reward: null, truncated: true },
    ],
    ['no next', { next: undefined, truncated: true }, { next: null, truncated: true }],
    ['the last of a run', { truncated: true }, { truncated: true }],
  ])('%s', (_, change, written) => {
    const line = encode(pendingOf(change))
    expect(JSON.parse(line)).toEqual({ ...WRITTEN, ...written })
    expect(line.indexOf('\n')).toBe(line.length - 1)
  })

  it('writes the fields in one order, without blanks', () => {
    expect(encode(pendingOf())).toBe(`${JSON.stringify(WRITTEN)}\n`)
  })

  it('leaves nothing of a longer line in a shorter one', () => {
    const short = encode(pendingOf({ outcome: undefined, next: undefined }))
    encode(pendingOf())
    expect(encode(pendingOf({ outcome: undefined, next: undefined }))).toBe(short)
  })
})
