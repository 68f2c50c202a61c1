import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOf, mixKeys } from '../../src/core/index.ts'
import { type Effect, ReplicaCondition, type Verdict } from '../../src/shop/index.ts'
import { chiSquare, chiSquareLimit } from '../core/chi-square.ts'
import { completeUntil, replicaOf } from './station.ts'

const KEYS = Array.from({ length: 20_000 }, (_, i) => mixKeys(keyOf('requests'), i))

function conditionOf(options: Parameters<typeof replicaOf>[0] = {}) {
  const replica = replicaOf(options)
  return { replica, condition: new ReplicaCondition(replica) }
}

describe('effects that meet', () => {
  it('multiply speeds, and leave the others when one ends', () => {
    const { replica, condition } = conditionOf()
    const doneAfterMs = (nowMs: number): number => {
      replica.arrive(0, 10, nowMs)
      const [completion] = completeUntil(replica, nowMs + 1000)
      return completion!.doneAtMs - nowMs
    }
    condition.change(1, { speed: 0.5 }, 0)
    condition.change(2, { speed: 0.25 }, 0)
    expect(doneAfterMs(0)).toBe(80)
    condition.change(1, undefined, 2000)
    expect(doneAfterMs(2000)).toBe(40)
    condition.change(2, undefined, 4000)
    expect(doneAfterMs(4000)).toBe(10)
  })

  it('hold the lowest queue limit, never more than the own one', () => {
    const { replica, condition } = conditionOf({ queueLimit: 10 })
    const limits = [
      () => condition.change(1, { queueLimit: 4 }, 0),
      () => condition.change(2, { queueLimit: 7 }, 0),
      () => condition.change(1, undefined, 0),
      () => condition.change(2, { queueLimit: 1000 }, 0),
      () => condition.change(2, undefined, 0),
    ].map((act) => {
      act()
      return replica.queueLimit
    })
    expect(limits).toEqual([4, 4, 7, 10, 10])
  })

  it('add memory up to all of it, and are unhealthy if one of them is', () => {
    const { replica, condition } = conditionOf()
    condition.change(1, { leakedMemory: 0.25, healthy: false }, 0)
    condition.change(2, { leakedMemory: 0.25 }, 0)
    expect([replica.leakedMemory, replica.healthy]).toEqual([0.5, false])
    condition.change(3, { leakedMemory: 0.9 }, 0)
    condition.change(1, undefined, 0)
    expect([replica.leakedMemory, replica.healthy]).toEqual([1, true])
  })

  it('add delays up, the factor by what the request has spent', () => {
    const { condition } = conditionOf()
    condition.change(1, { delay: { latencyMs: 100, jitterMs: 0, factor: 1, rate: 1 } }, 0)
    condition.change(2, { delay: { latencyMs: 0, jitterMs: 0, factor: 3, rate: 1 } }, 0)
    expect(condition.delayMs(KEYS[0]!, 20)).toBe(140)
    condition.change(1, undefined, 0)
    expect(condition.delayMs(KEYS[0]!, 20)).toBe(40)
  })

  it('leave nothing behind when all have ended, in whatever order they come and go', () => {
    const anyEffect: fc.Arbitrary<Effect> = fc.record(
      {
        speed: fc.double({ min: 0, max: 1, noNaN: true }),
        queueLimit: fc.nat(20),
        leakedMemory: fc.double({ min: 0, max: 1, noNaN: true }),
        healthy: fc.boolean(),
        down: fc.boolean(),
        delay: fc.constant({ latencyMs: 5, jitterMs: 1, factor: 2, rate: 0.5 }),
        verdict: fc.constant({ share: 0.5, of: { kind: 'silence' } as const }),
      },
      { requiredKeys: [] },
    )
    const anyChange = fc.tuple(fc.nat(3), fc.option(anyEffect, { nil: undefined }))
    fc.assert(
      fc.property(fc.array(anyChange), (changes) => {
        const { replica, condition } = conditionOf({ queueLimit: 10 })
        for (const [i, [fault, effect]] of changes.entries()) condition.change(fault, effect, i)
        for (let fault = 0; fault <= 3; fault++) condition.change(fault, undefined, changes.length)
        const { queueLimit, leakedMemory, healthy } = replica
        expect({ queueLimit, leakedMemory, healthy }).toEqual({
          queueLimit: 10,
          leakedMemory: 0,
          healthy: true,
        })
        expect([condition.down, condition.verdictOf(1), condition.delayMs(1, 10)]).toEqual([
          false,
          undefined,
          0,
        ])
        replica.arrive(0, 10, 1000)
        expect(completeUntil(replica, 2000).map(({ doneAtMs }) => doneAtMs)).toEqual([1010])
      }),
    )
  })
})

describe('a replica that goes down', () => {
  it('loses its jobs once, and refuses connections until it is back', () => {
    const { replica, condition } = conditionOf()
    for (const job of [0, 1, 2]) replica.arrive(job, 10, 0)
    expect(condition.change(1, { down: true }, 5)).toEqual([0, 1, 2])
    expect(condition.down).toBe(true)
    expect(condition.verdictOf(KEYS[0]!)).toEqual({ kind: 'fail', failure: 'connect', afterMs: 0 })
    expect(condition.change(2, { down: true }, 6)).toEqual([])
    condition.change(1, { speed: 0.5 }, 7)
    expect(condition.down).toBe(true) // by the other fault
    condition.change(2, undefined, 8)
    expect([condition.down, condition.verdictOf(KEYS[0]!)]).toEqual([false, undefined])
    expect(replica.inSystem).toBe(0)
  })
})

describe('verdicts', () => {
  const late: Verdict = { kind: 'answer', status: 500, afterMs: 1 }
  const silent: Verdict = { kind: 'silence' }
  const outcomes: readonly (Verdict | undefined)[] = [late, silent, undefined]

  it('befall as many requests as their shares say, side by side', () => {
    const { condition } = conditionOf()
    condition.change(1, { verdict: { share: 0.2, of: late } }, 0)
    condition.change(2, { verdict: { share: 0.3, of: silent } }, 0)
    const counts = [0, 0, 0]
    for (const key of KEYS) counts[outcomes.indexOf(condition.verdictOf(key))]!++
    const expected = [0.2, 0.3, 0.5].map((share) => share * KEYS.length)
    expect(chiSquare(counts, expected)).toBeLessThan(chiSquareLimit(2))
  })

  it('are the same for the same request, whichever replica it comes to and whenever', () => {
    const effect: Effect = { verdict: { share: 0.4, of: late } }
    const [a, b] = [conditionOf().condition, conditionOf({ speed: 0.5 }).condition]
    a.change(1, effect, 0)
    b.change(7, effect, 100)
    b.change(8, { speed: 0.1 }, 200)
    const verdictsOf = (condition: ReplicaCondition) => KEYS.map((key) => condition.verdictOf(key))
    expect(verdictsOf(a)).toEqual(verdictsOf(b))
    expect(new Set(verdictsOf(a)).size).toBe(2)
  })

  it('befall everybody with a share of 1, and nobody with 0', () => {
    const { condition } = conditionOf()
    condition.change(1, { verdict: { share: 0, of: late } }, 0)
    expect(KEYS.every((key) => condition.verdictOf(key) === undefined)).toBe(true)
    condition.change(1, { verdict: { share: 1, of: late } }, 0)
    expect(KEYS.every((key) => condition.verdictOf(key) === late)).toBe(true)
  })
})

describe('delays', () => {
  it('befall their share of the requests, and vary evenly within the jitter', () => {
    const { condition } = conditionOf()
    condition.change(1, { delay: { latencyMs: 100, jitterMs: 50, factor: 1, rate: 0.25 } }, 0)
    const delays = KEYS.map((key) => condition.delayMs(key, 10)).filter((delayMs) => delayMs > 0)
    const share = delays.length / KEYS.length
    expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / KEYS.length))
    const counts = new Float64Array(10)
    for (const delayMs of delays) counts[Math.floor((delayMs - 50) / 10)]!++
    expect(
      chiSquare(
        counts,
        counts.map(() => delays.length / 10),
      ),
    ).toBeLessThan(chiSquareLimit(9))
  })

  it('are never negative, however large the jitter', () => {
    const { condition } = conditionOf()
    condition.change(1, { delay: { latencyMs: 10, jitterMs: 100, factor: 1, rate: 1 } }, 0)
    expect(Math.min(...KEYS.map((key) => condition.delayMs(key, 10)))).toBe(0)
  })
})
