import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mergeTroubles, type TimedTrouble } from '../../../src/scenario/dialects/timed-trouble.ts'

const END = 20

const anyTrouble: fc.Arbitrary<TimedTrouble> = fc
  .record({
    service: fc.constantFrom('cart-service', 'order-service'),
    kind: fc.constantFrom('errors', 'latency'),
    amount: fc.constantFrom(0, 1, 2),
    startMs: fc.nat(END - 1),
    lengthMs: fc.integer({ min: 1, max: END }),
  })
  .map(({ lengthMs, ...trouble }) => ({ ...trouble, endMs: Math.min(END, trouble.startMs + lengthMs) }))

function activeAt(troubles: readonly TimedTrouble[], like: TimedTrouble, ms: number): TimedTrouble[] {
  return troubles.filter(
    ({ service, kind, startMs, endMs }) =>
      service === like.service && kind === like.kind && startMs <= ms && ms < endMs,
  )
}

it('leaves at every time the worst of each kind, and one of it at most', () => {
  fc.assert(
    fc.property(fc.array(anyTrouble, { maxLength: 8 }), (stated) => {
      const merged = mergeTroubles(stated)
      for (const like of stated) {
        const harmless = like.kind === 'latency' ? 1 : 0
        for (let ms = 0; ms < END; ms++) {
          const amounts = activeAt(stated, like, ms)
            .map(({ amount }) => amount)
            .filter((amount) => amount !== harmless)
          const expected = amounts.length === 0 ? [] : [Math.max(...amounts)]
          expect(activeAt(merged, like, ms).map(({ amount }) => amount)).toEqual(expected)
        }
      }
    }),
  )
})

it('joins what goes on without a change', () => {
  const trouble = { service: 'cart-service', kind: 'errors', amount: 0.2 } as const
  expect(
    mergeTroubles([
      { ...trouble, startMs: 0, endMs: 10 },
      { ...trouble, startMs: 10, endMs: 15 },
      { ...trouble, startMs: 5, endMs: 12 },
    ]),
  ).toEqual([{ ...trouble, startMs: 0, endMs: 15 }])
})
