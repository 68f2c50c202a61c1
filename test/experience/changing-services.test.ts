/** What happens to services in mid-run, and decisions that others made. */
import { expect, it } from 'vitest'
import { observationOf } from '../routing/observation-of.ts'
import { deciderOf } from './deciders.ts'
import { collectingLog, outcomeOf } from './schedules.ts'

const ORIGIN = { trace: 'a'.repeat(32), hop: 0, attempt: 0, phase: 0, profile: 0 }
const HALVES = Float64Array.of(0.5, 0.5)
const first = deciderOf('first')

it('another policy from one decision to the next: each record names its own', () => {
  const { log, records } = collectingLog()
  const second = deciderOf('second')
  const observation = observationOf({ inFlight: [0, 0] })
  for (const decider of [first, second, first]) {
    const pending = log.onDecision(0, observation, 0, HALVES, 0, ORIGIN, decider)
    log.onOutcome(pending, outcomeOf(200, 5), 5)
  }
  log.close(9, () => observation)
  expect(records().map(({ policy }) => policy?.id)).toEqual(['first', 'second', 'first'])
})

it('an instance that is added has rows and propensities from then on', () => {
  const { log, records } = collectingLog()
  const two = observationOf({ inFlight: [1, 2] })
  const three = observationOf({ inFlight: [1, 2, 3] })
  const before = log.onDecision(0, two, 1, HALVES, 0, ORIGIN, first)
  log.addInstance(0, 'cart "new"')
  const after = log.onDecision(0, three, 2, Float64Array.of(0.25, 0.25, 0.5), 0, ORIGIN, first)
  log.onOutcome(before, outcomeOf(200, 5), 5)
  log.onOutcome(after, outcomeOf(200, 5), 5)
  log.close(9, () => three)
  const [old, added] = records()
  expect(old).toMatchObject({ action: { index: 1, instance: 'cart-2' }, propensity: [0.5, 0.5] })
  expect([old!.state.instances.length, old!.next!.instances.length]).toEqual([2, 3])
  expect(added).toMatchObject({ action: { index: 2, instance: 'cart "new"' }, propensity: [0.25, 0.25, 0.5] })
})

it('instances may all be unknown at first', () => {
  const { log, records } = collectingLog()
  const none = observationOf({ inFlight: [] })
  const pending = log.onDecision(0, none, -1, undefined, 0, ORIGIN, undefined)
  log.onOutcome(pending, outcomeOf(0, 5), 5)
  log.close(9, () => none)
  expect(records()[0]).toMatchObject({
    state: { instances: [] },
    action: null,
    propensity: null,
    policy: null,
    rewards: { balance: null },
  })
  expect(records()[0]!.reward).toBeTypeOf('number')
})

it('a retry or hedge of the balancer names the decision that it repeats, also between services', () => {
  const { log, records } = collectingLog()
  const observation = observationOf({ inFlight: [0, 0] })
  const inner = { ...ORIGIN, hop: 1 }
  log.onDecision(0, observation, 0, HALVES, 0, inner, first)
  const slow = log.onDecision(0, observation, 0, HALVES, 0, inner, first)
  const repeated = log.decisionOf(slow)
  const hedge = log.onDecision(0, observation, 1, HALVES, 0, inner, first, repeated)
  for (const pending of [hedge, slow]) log.onOutcome(pending, outcomeOf(200, 5), 5)
  log.close(9, () => observation)
  const byDecision = records().toSorted((a, b) => a.decision - b.decision)
  expect(byDecision.map(({ outcome }) => outcome?.retryOf)).toEqual([undefined, null, 1])
})
