/** Golden vectors of every derivation, through the reader that training and serving share. */
import { expect, test } from 'vitest'
import { LearningError } from '../../../src/core/index.ts'
import {
  type CandidateSource,
  FeatureReader,
  type StateSource,
} from '../../../src/learning/encoders/feature-reader.ts'
import {
  type ContextFeature,
  contextFeature,
  INSTANCE_WIDTH,
  type InstanceFeature,
  instanceFeature,
} from '../../../src/routing/index.ts'
import { observationOf } from '../../routing/observation-of.ts'

const NAN = Number.NaN

/** Four instances of which the third may not be chosen. */
function read(
  state: readonly StateSource[],
  candidate: readonly CandidateSource[],
  context: Partial<Record<ContextFeature, number>>,
  columns: Partial<Record<InstanceFeature, readonly number[]>>,
): FeatureReader {
  const observation = observationOf({ inFlight: [0, 0, 0, 0], eligible: [1, 1, 0, 1] })
  for (const [name, value] of Object.entries(context)) {
    observation.context[contextFeature(name as ContextFeature)] = value
  }
  for (const [name, values] of Object.entries(columns)) {
    for (const [i, value] of values.entries()) {
      observation.instances[i * INSTANCE_WIDTH + instanceFeature(name as InstanceFeature)] = value
    }
  }
  const reader = new FeatureReader(state, candidate)
  reader.read(observation)
  return reader
}

const LOADS = { inFlight: [1, 3, 99, 5] }

test.each<[CandidateSource, Parameters<typeof read>[2], Parameters<typeof read>[3], readonly number[]]>([
  [{ source: 'inFlight', derivation: 'value' }, {}, LOADS, [1, 3, 5]],
  [{ source: 'inFlight', derivation: 'relative' }, {}, LOADS, [0.333, 1, 1.667]],
  [{ source: 'inFlight', derivation: 'relative' }, {}, { inFlight: [0, 0, 9, 0] }, [0, 0, 0]],
  [{ source: 'inFlight', derivation: 'above-lowest' }, {}, LOADS, [0, 2, 4]],
  [{ source: 'cpu', derivation: 'above-lowest' }, {}, { cpu: [NAN, 0.5, 0, 0.75] }, [NAN, 0, 0.25]],
  [{ source: 'inFlight', derivation: 'rank' }, {}, LOADS, [0, 0.5, 1]],
  [{ source: 'inFlight', derivation: 'rank' }, {}, { inFlight: [2, 2, 0, 7] }, [0.25, 0.25, 1]],
  [{ source: 'cpu', derivation: 'rank' }, {}, { cpu: [NAN, 0.5, 0, NAN] }, [NAN, 0.5, NAN]],
  [{ source: 'inFlight', derivation: 'per-weight' }, {}, { ...LOADS, weight: [1, 2, 50, 3] }, [2, 3, 3.333]],
  [
    { source: 'workMs', derivation: 'per-mean-work' },
    { meanWorkMs: 20 },
    { workMs: [0, 10, 9, 60] },
    [0, 0.5, 3],
  ],
  [
    { source: 'workMs', derivation: 'per-mean-work' },
    { meanWorkMs: NAN },
    { workMs: [0, 1, 9, 6] },
    [NAN, NAN, NAN],
  ],
  [{ source: 'inFlight', derivation: 'delay' }, {}, { ...LOADS, slowness: [1, 2, 90, 3] }, [1, 4, 9]],
  [{ source: 'inFlight', derivation: 'delay' }, {}, { ...LOADS, slowness: [NAN, 2, 9, 2] }, [2, 4, 6]],
  [
    { source: 'workMs', derivation: 'work-delay' },
    { meanWorkMs: 10 },
    { workMs: [0, 30, 9, 50], slowness: [1, 1, 9, 4] },
    [0.5, 2, 12],
  ],
  [{ source: null, derivation: 'position' }, {}, {}, [0.167, 0.5, 0.833]],
  [{ source: null, derivation: 'before-interval' }, { cheaperWorkShare: 0.6 }, {}, [0.433, 0.1, 0]],
  [
    { source: null, derivation: 'behind-interval' },
    { cheaperWorkShare: 0.1, ownWorkShare: 0.3 },
    {},
    [0, 0.1, 0.433],
  ],
  [{ source: null, derivation: 'behind-interval' }, { cheaperWorkShare: NAN }, {}, [NAN, NAN, NAN]],
])('of candidates: %o', (source, context, columns, expected) => {
  const { count, candidates } = read([], [source], context, columns)
  expect(count).toBe(3)
  expect([...candidates.subarray(0, 3)]).toEqual(expected.map(Math.fround))
})

test.each<[StateSource, Parameters<typeof read>[2], Parameters<typeof read>[3], number]>([
  [{ source: 'inFlight', derivation: 'value' }, { inFlight: 7 }, {}, 7],
  [{ source: 'inFlight', derivation: 'per-eligible' }, { inFlight: 7, eligible: 2 }, {}, 3.5],
  [{ source: 'workMs', derivation: 'per-mean-work' }, { workMs: 30, meanWorkMs: 20 }, {}, 1.5],
  [{ source: 'inFlight', derivation: 'mean' }, { inFlight: 7 }, LOADS, 3],
  [{ source: 'recentErrorRate', derivation: 'greatest' }, {}, { recentErrorRate: [0.1, NAN, 1, 0.4] }, 0.4],
  [{ source: 'recentErrorRate', derivation: 'greatest' }, {}, {}, NAN],
  [{ source: 'recentErrorRate', derivation: 'mean' }, {}, { recentErrorRate: [0.1, NAN, 1, 0.4] }, 0.25],
  [{ source: 'inFlight', derivation: 'imbalance' }, {}, LOADS, 0.5],
  [{ source: 'slowness', derivation: 'greatest-relative' }, {}, { slowness: [1, 1, 90, 4] }, 2],
])('of the state: %o', (source, context, columns, expected) => {
  expect(read([source], [], context, columns).state[0]).toEqual(Math.fround(expected))
})

test('what this release does not know is refused by name', () => {
  const source = { source: 'cpu', derivation: 'squared' } as unknown as CandidateSource
  expect(() => new FeatureReader([], [source])).toThrow(LearningError)
  expect(() => new FeatureReader([], [source])).toThrow(/"squared" of "cpu" is not known/)
  const other = { source: 'moon', derivation: 'value' } as unknown as StateSource
  expect(() => new FeatureReader([other], [])).toThrow(/"value" of "moon"/)
})
