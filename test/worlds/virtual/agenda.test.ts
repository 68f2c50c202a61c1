import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Agenda, indexOf, kindOf, PLAN, POLL, REPLY } from '../../../src/worlds/virtual/agenda.ts'

const HOP_MS = 3

describe('Agenda', () => {
  it('takes events and replies in the order of time, replies after other events of the same time', () => {
    const anyStep = fc.oneof(
      fc.record({ inMs: fc.integer({ min: 0, max: 6 }) }),
      fc.constantFrom('reply' as const, 'take' as const),
    )
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 200 }), (steps) => {
        const agenda = new Agenda(HOP_MS)
        const expected: { atMs: number; kind: number; index: number }[] = []
        const takeNext = () => {
          expected.sort((a, b) => a.atMs - b.atMs || Number(a.kind === REPLY) - Number(b.kind === REPLY))
          const { atMs, kind, index } = expected.shift()!
          expect(agenda.nextTimeMs).toBe(atMs)
          const event = agenda.takeNext()
          expect([agenda.nowMs, kindOf(event), indexOf(event)]).toEqual([atMs, kind, index])
        }
        for (const [index, step] of steps.entries()) {
          if (step === 'reply') {
            agenda.scheduleReply(index)
            expected.push({ atMs: agenda.nowMs + HOP_MS, kind: REPLY, index })
          } else if (step !== 'take') {
            agenda.schedule(agenda.nowMs + step.inMs, PLAN, index)
            expected.push({ atMs: agenda.nowMs + step.inMs, kind: PLAN, index })
          } else if (expected.length > 0) takeNext()
        }
        while (expected.length > 0) takeNext()
        expect(agenda.nextTimeMs).toBe(Number.POSITIVE_INFINITY)
      }),
    )
  })

  it('carries indexes of any size that a run can have', () => {
    const agenda = new Agenda(0)
    agenda.schedule(1, POLL, 2 ** 27 - 1)
    const event = agenda.takeNext()
    expect([kindOf(event), indexOf(event)]).toEqual([POLL, 2 ** 27 - 1])
  })

  it('never expects what never comes', () => {
    const agenda = new Agenda(HOP_MS)
    agenda.schedule(Number.POSITIVE_INFINITY, PLAN, 0)
    expect(agenda.nextTimeMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('lets time pass, but never back', () => {
    const agenda = new Agenda(HOP_MS)
    agenda.skipTo(10)
    agenda.skipTo(5)
    expect(agenda.nowMs).toBe(10)
  })
})
