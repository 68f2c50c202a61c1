/** The kinds that do one thing for the whole window: what that is, from their parameters. */
import { expect, it } from 'vitest'
import type { Effect } from '../../../src/shop/index.ts'
import { changesOf } from './changes-of.ts'

const CASES: readonly (readonly [string, Readonly<Record<string, number>>, Effect])[] = [
  [
    'latency',
    { latencyMs: 80, jitterMs: 20, factor: 2, rate: 0.5 },
    { delay: { latencyMs: 80, jitterMs: 20, factor: 2, rate: 0.5 } },
  ],
  [
    'errors',
    { rate: 0.3, status: 503, answerMs: 2 },
    { verdict: { share: 0.3, of: { kind: 'answer', status: 503, afterMs: 2 } } },
  ],
  [
    'timeouts',
    { rate: 0.2, afterSeconds: 8 },
    { verdict: { share: 0.2, of: { kind: 'fail', failure: 'reset', afterMs: 8000 } } },
  ],
  ['black-hole', { rate: 0.4 }, { verdict: { share: 0.4, of: { kind: 'silence' } } }],
  ['refuse', { rate: 0.4 }, { verdict: { share: 0.4, of: { kind: 'fail', failure: 'reset', afterMs: 0 } } }],
  [
    'reset',
    { rate: 0.4, afterMs: 30 },
    { verdict: { share: 0.4, of: { kind: 'fail', failure: 'reset', afterMs: 30 } } },
  ],
  [
    'fail-fast',
    { status: 500, answerMs: 3 },
    { verdict: { share: 1, of: { kind: 'answer', status: 500, afterMs: 3 } } },
  ],
  ['capacity-dip', { factor: 0.25 }, { speed: 0.25 }],
  ['queue-shrink', { queueLimit: 3 }, { queueLimit: 3 }],
]

it.each(CASES)('%s', (kind, parameters, effect) => {
  expect(changesOf(kind, { parameters })).toEqual([
    { atMs: 1000, effect },
    { atMs: 61_000, effect: undefined },
  ])
})
