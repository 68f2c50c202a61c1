import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { BinnedEncoder, describeEncoder } from '../../../src/learning/encoders/binned-encoder.ts'
import { type QTable, TabularModel } from '../../../src/learning/tabular/tabular-model.ts'
import type { TrainingMetrics } from '../../../src/learning/training-metrics.ts'
import { INSTANCE_WIDTH, type Observation } from '../../../src/routing/index.ts'

const encoder = new BinnedEncoder(
  describeEncoder(
    ['cart-service'],
    [{ name: 'load', source: 'inFlight', derivation: 'per-eligible', edges: [5] }],
    [{ name: 'inFlight', source: 'inFlight', derivation: 'value', edges: [0, 1, 2] }],
  ),
)

/** Odd on purpose: one request in flight is worth more than none, so that it is no least outstanding. */
const qTable: QTable = {
  'cart-service load=0': {
    'inFlight=0': { q: -2, visits: 3 },
    'inFlight=1': { q: -1, visits: 5 },
    'inFlight=2': { q: -4, visits: 1 },
  },
}

const model = new TabularModel(
  {
    kind: 'tabular',
    algorithm: 'q-learning',
    actions: 'instance',
    hyperParameters: {},
    seed: 1,
    dataHash: '',
    features: { state: ['load'], instance: ['inFlight'] },
    metrics: {} as TrainingMetrics,
  },
  { encoder, actionMappings: { 'inFlight=0': 0, 'inFlight=1': 1, 'inFlight=2': 2 }, qTable },
  'abc',
)

function observationOf(inFlight: readonly number[], eligible = inFlight.map(() => 1)): Observation {
  const instances = new Float64Array(inFlight.length * INSTANCE_WIDTH)
  for (const [i, value] of inFlight.entries()) instances[i * INSTANCE_WIDTH] = value
  const total = inFlight.reduce((sum, value) => sum + value, 0)
  return {
    service: 'cart-service',
    nowMs: 0,
    count: inFlight.length,
    context: Float64Array.of(0, total, 0, eligible.filter((value) => value === 1).length),
    instances,
    eligible: Uint8Array.from(eligible),
    affinity: '',
    truth: undefined,
  }
}

function propensitiesOf(observation: Observation, service = 'cart-service') {
  const policy = model.createPolicy(service)
  const propensities = new Float64Array(observation.count).fill(9)
  policy.choose(observation, new RandomStreams(1).stream('policy'), propensities)
  return { propensities: [...propensities], fallbacks: policy.fallbacks }
}

test('is greedy over classes, ties share evenly, and the ineligible get nothing', () => {
  expect(propensitiesOf(observationOf([0, 1, 2])).propensities).toEqual([0, 1, 0])
  expect(propensitiesOf(observationOf([1, 0, 1, 1])).propensities).toEqual([1 / 3, 0, 1 / 3, 1 / 3])
  expect(propensitiesOf(observationOf([1, 0, 2], [0, 1, 1]))).toEqual({
    propensities: [0, 1, 0],
    fallbacks: 0,
  })
})

test('a class that was never seen is as good as the worst', () => {
  expect(propensitiesOf(observationOf([3, 0, 0])).propensities).toEqual([0, 0.5, 0.5])
  expect(propensitiesOf(observationOf([3, 2]))).toEqual({ propensities: [0.5, 0.5], fallbacks: 0 })
})

test('where no class was seen, or the state or service was not, least outstanding decides and is counted', () => {
  expect(propensitiesOf(observationOf([3, 4]))).toEqual({ propensities: [1, 0], fallbacks: 1 })
  expect(propensitiesOf(observationOf([30, 1, 0, 0]))).toEqual({
    propensities: [0, 0, 0.5, 0.5],
    fallbacks: 1,
  })
  expect(propensitiesOf(observationOf([0, 1]), 'new-service')).toEqual({ propensities: [1, 0], fallbacks: 1 })
})

test('names its model', () => {
  expect(model.createPolicy('cart-service')).toMatchObject({ id: 'model(q-learning)', version: 'abc' })
})

test('chooses from the distribution that it states, over any number of instances', () => {
  const random = new RandomStreams(1).stream('policy')
  const policy = model.createPolicy('cart-service')
  const instances = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 1,
    maxLength: 40,
  })
  const property = fc.property(instances, (list) => {
    fc.pre(list.some(([, eligible]) => eligible === 1))
    const observation = observationOf(
      list.map(([inFlight]) => inFlight),
      list.map(([, eligible]) => eligible),
    )
    const propensities = new Float64Array(list.length)
    const chosen = policy.choose(observation, random, propensities)
    expect(propensities[chosen]).toBeGreaterThan(0)
    expect(propensities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12)
    for (const [i, [, eligible]] of list.entries()) if (eligible === 0) expect(propensities[i]).toBe(0)
  })
  fc.assert(property)
})
