import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/core/index.ts'
import { majorityAction } from '../../../src/learning/evaluation/majority-action.ts'
import { targetChoices } from '../../../src/learning/evaluation/target-choices.ts'
import { type Policy, policyFactory } from '../../../src/routing/index.ts'
import { syntheticRun } from '../synthetic-run.ts'
import { recorded } from './recorded.ts'

const LOGGER = 'epsilon-greedy(least-outstanding, epsilon=0.3)'

describe('what a policy would have done', () => {
  it('is for the logger itself what it did', () => {
    const run = syntheticRun({ policy: policyFactory(LOGGER)('cart-service'), decisions: 300 })
    const decisions = recorded(run)
    const { probability, logged, shedShare, trafficShift, warnings } = targetChoices(
      decisions,
      policyFactory(LOGGER),
    )
    expect(Array.from(probability)).toEqual(run.records.flatMap(({ propensity }) => [...propensity!]))
    expect(Array.from(logged)).toEqual(Array.from(decisions.log.propensity))
    expect({ shedShare, warnings }).toEqual({ shedShare: 0, warnings: [] })
    expect(trafficShift).toBeCloseTo(0, 12)
  })

  it('is asked in the order of decisions, whatever that of the lines, between starts and answers as they were', () => {
    const run = syntheticRun({ decisions: 50, speeds: [1, 1, 1] })
    const told: string[] = []
    let answered = 0
    const listener: Policy = {
      id: 'listener',
      version: '1',
      choose: ({ nowMs, count }, _random, propensities) => {
        told.push(`choose ${nowMs}`)
        propensities.fill(1 / count, 0, count)
        return 0
      },
      onStart: (instance, nowMs) => void told.push(`start ${nowMs} at ${instance}`),
      onOutcome: ({ instance, nowMs, latencyMs, failed }) => {
        const record = run.records.find((one) => one.t + (one.outcome?.latencyMs ?? 0) === nowMs)!
        expect({ instance, failed }).toEqual({ instance: record.action!.index, failed: false })
        expect(latencyMs).toBe(record.outcome!.latencyMs)
        const last = Number(told.at(-1)!.split(' ')[1])
        expect(nowMs, 'after the decision before it').toBeGreaterThanOrEqual(last)
        answered++
      },
    }
    targetChoices(recorded({ records: run.records.toReversed() }), () => listener)
    expect(told).toEqual(
      run.records.flatMap(({ t, action }) => [`choose ${t}`, `start ${t} at ${action!.index}`]),
    )
    expect(answered, 'those that came while decisions were made').toBeGreaterThan(30)
  })

  it('hears nothing of an answer that nobody timed, but of those behind it', () => {
    const { records } = syntheticRun({ decisions: 50 })
    const untimed = records.map((record, i) =>
      i === 2 ? { ...record, outcome: { ...record.outcome!, latencyMs: Number.NaN } } : record,
    )
    let answered = 0
    const listener: Policy = {
      id: 'listener',
      version: '1',
      choose: ({ count }, _random, propensities) => {
        propensities.fill(1 / count, 0, count)
        return 0
      },
      onOutcome: ({ latencyMs }) => {
        expect(latencyMs).not.toBeNaN()
        answered++
      },
    }
    targetChoices(recorded({ records: untimed }), () => listener)
    expect(answered).toBeGreaterThan(30)
  })

  it('begins anew in every run', () => {
    const one = syntheticRun({ decisions: 31 })
    const { probability } = targetChoices(recorded(one, one), policyFactory('round-robin'))
    expect(probability.slice(62)).toEqual(probability.slice(0, 62))
  })

  it('counts what it would refuse, and what it would move', () => {
    const run = syntheticRun({ decisions: 400 })
    const shedding: Policy = {
      id: 'shedding',
      version: '1',
      choose: (_observation, _random, propensities) => {
        propensities.fill(0)
        return -1
      },
    }
    expect(targetChoices(recorded(run), () => shedding)).toMatchObject({ shedShare: 1 })
    const { trafficShift } = targetChoices(recorded(run), majorityAction(recorded(run)))
    expect(trafficShift, 'about half of a uniform logger of two').toBeCloseTo(0.5, 1)
  })

  it('refuses oracles, and says what no record has', () => {
    const decisions = recorded(syntheticRun({ decisions: 5 }))
    expect(() => targetChoices(decisions, policyFactory('least-added-delay'))).toThrow(UsageError)
    expect(targetChoices(decisions, policyFactory('prequal')).warnings[0]).toContain(
      'the answers to its probes',
    )
    expect(targetChoices(decisions, policyFactory('consistent-hash')).warnings[0]).toContain('affinity')
  })
})
