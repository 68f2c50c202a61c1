import { expect, it } from 'vitest'
import type { Policy, PolicyOutcome, ProbeReport } from '../../../src/routing/index.ts'
import { WrappedPolicy } from '../../../src/routing/wrapping/wrapped-policy.ts'
import { choose, observationOf, UNTOLD } from '../observation-of.ts'

const TOLD = ['onStart', 'onOutcome', 'onReport', 'breakerOpen', 'probes', 'onProbe'] as const
const SAID = ['needsTruth', 'checksHealth', 'hedgeAfterMs', 'strategy', 'shadow'] as const

const bare: Policy = { id: 'bare', version: '7', choose: () => 1 }

/** Everything that a policy can be, and a list of what it is told. */
function everything() {
  const heard: unknown[] = []
  const policy: Policy = {
    id: 'everything',
    version: '8',
    needsTruth: true,
    checksHealth: true,
    hedgeAfterMs: 20,
    strategy: { names: ['a'], index: 0, propensities: Float64Array.of(1) },
    shadow: { policy: { id: 's', version: '1' }, index: 0, propensities: Float64Array.of(1) },
    choose(_observation, _random, propensities) {
      propensities.set([0, 1])
      return 1
    },
    onStart: (...told) => heard.push(['onStart', ...told]),
    onOutcome: (...told) => heard.push(['onOutcome', ...told]),
    onReport: (...told) => heard.push(['onReport', ...told]),
    breakerOpen: (instance) => instance === 1,
    probes(_observation, _random, targets) {
      targets[0] = 5
      return 1
    },
    onProbe: (...told) => heard.push(['onProbe', ...told]),
  }
  return { policy, heard }
}

it('is all that the wrapped policy is, and hands on all that it is told', () => {
  const { policy, heard } = everything()
  const wrapped = new WrappedPolicy('w(everything)', '2', policy)
  expect(wrapped).toMatchObject({ id: 'w(everything)', version: '2/8' })
  for (const word of SAID) expect(wrapped[word]).toBe(policy[word])

  const observation = observationOf({ inFlight: [0, 0] })
  expect(choose(wrapped, observation, () => 0)).toEqual({ index: 1, propensities: [0, 1] })
  const outcome: PolicyOutcome = { instance: 1, nowMs: 5, latencyMs: 4, failed: false, ...UNTOLD }
  const report = { healthy: true, cpu: 0, memory: 0, queueDepth: 0 }
  const probe: ProbeReport = { instance: 0, nowMs: 1, inFlight: 2, latencyMs: 3 }
  wrapped.onStart!(1, 2)
  wrapped.onOutcome!(outcome)
  wrapped.onReport!(1, report, 3)
  wrapped.onProbe!(probe)
  expect(heard).toEqual([
    ['onStart', 1, 2],
    ['onOutcome', outcome],
    ['onReport', 1, report, 3],
    ['onProbe', probe],
  ])
  expect([wrapped.breakerOpen!(0, 0), wrapped.breakerOpen!(1, 0)]).toEqual([false, true])
  const targets = new Int32Array(2)
  expect(wrapped.probes!(observation, () => 0, targets)).toBe(1)
  expect(targets[0]).toBe(5)
})

it('has nothing that the wrapped policy does not have: the router asks whether it is there', () => {
  const wrapped = new WrappedPolicy('w(bare)', '1', bare)
  for (const word of [...TOLD, ...SAID]) expect(wrapped[word]).toBeUndefined()
})

it('leaves what a wrapper overrides to the wrapper, also two levels up', () => {
  const heard: string[] = []
  class Overriding extends WrappedPolicy {
    override breakerOpen(): boolean {
      return true
    }

    override onStart(instance: number, nowMs: number): void {
      heard.push('overridden')
      this.inner.onStart?.(instance, nowMs)
    }
  }
  const { policy, heard: inner } = everything()
  const outer = new WrappedPolicy('o', '1', new Overriding('w', '1', policy))
  outer.onStart!(0, 1)
  expect([heard, inner]).toEqual([['overridden'], [['onStart', 0, 1]]])
  expect(outer.breakerOpen!(0, 0)).toBe(true)
  expect(new Overriding('w', '1', bare).onStart(0, 1)).toBeUndefined()
})
