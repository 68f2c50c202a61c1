import { expect, test } from 'vitest'
import { LearningError } from '../../../src/core/index.ts'
import { DecisionLog } from '../../../src/learning/data/decision-log.ts'
import { BinnedEncoder, describeEncoder } from '../../../src/learning/encoders/binned-encoder.ts'
import { candidateFeatures, stateFeatures } from '../../../src/learning/encoders/encoded-features.ts'
import { FeatureReader } from '../../../src/learning/encoders/feature-reader.ts'
import { fitEncoder, fitVocabulary } from '../../../src/learning/encoders/fit-encoder.ts'
import { Vocabulary } from '../../../src/learning/encoders/vocabulary.ts'
import { encodeTransitions } from '../../../src/learning/tabular/transitions.ts'
import { INSTANCE_WIDTH, instanceFeature, type Observation, type Policy } from '../../../src/routing/index.ts'
import { type SyntheticOptions, syntheticRun, uniformPolicy } from '../synthetic-run.ts'

const STATE = ['load', 'demand'].map((name) => stateFeatures.get(name))
const CANDIDATE = ['inFlight', 'relativeLatency', 'errorRate', 'queueDepth', 'cpu'].map((name) =>
  candidateFeatures.get(name),
)

function logOf(records: ReturnType<typeof syntheticRun>['records']): DecisionLog {
  const log = new DecisionLog(new FeatureReader(STATE, CANDIDATE))
  for (const record of records) log.append(0, record)
  return log
}

function rows(from: number, to: number): Uint32Array {
  return Uint32Array.from({ length: to - from }, (_, i) => from + i)
}

test('the keys of training are the keys of serving', () => {
  const served: Observation[] = []
  const policy: Policy = {
    ...uniformPolicy,
    choose: (observation, random, propensities) => {
      served.push(structuredClone(observation))
      return uniformPolicy.choose(observation, random, propensities)
    },
  }
  const options: SyntheticOptions = { decisions: 500, speeds: [1, 0.5, 0.25], policy }
  const recorded = syntheticRun(options).records.map((record) => JSON.parse(JSON.stringify(record)))
  const log = logOf(recorded)
  const all = rows(0, 500)
  const encoder = fitEncoder(log, all, STATE, CANDIDATE)
  const vocabulary = fitVocabulary(log, all, encoder)
  const trained = encodeTransitions(log, all, encoder, vocabulary, 1).current

  const reader = encoder.createReader()
  for (const [i, observation] of served.entries()) {
    reader.read(observation)
    const state = vocabulary.stateId(encoder.stateCode(0, reader.state, 0))
    expect(state).toBe(trained.state[i])
    expect(state).toBeLessThan(vocabulary.states)
    const classes = Array.from({ length: reader.count }, (_, k) =>
      vocabulary.classId(encoder.classCode(reader.candidates, k * reader.candidateWidth)),
    )
    expect(classes).toEqual([...trained.classes.subarray(trained.starts[i], trained.starts[i + 1])])
  }
})

test('what comes after the training split changes neither edges nor vocabulary', () => {
  const { records } = syntheticRun({ decisions: 400 })
  const poison = (record: (typeof records)[number]) => {
    const state = {
      context: [0, 1e6, 1e6, 2],
      instances: record.state.instances.map((row) => row!.map(() => 1)),
    }
    return { ...record, state, next: null, reward: 1e9 }
  }
  const poisoned = [...records.slice(0, 300), ...records.slice(300).map(poison)]
  const [clean, dirty] = [records, poisoned].map((list) => {
    const log = logOf(list)
    const encoder = fitEncoder(log, rows(0, 300), STATE, CANDIDATE)
    const { stateKeys, classKeys } = fitVocabulary(log, rows(0, 300), encoder)
    return { hash: encoder.hash, stateKeys, classKeys }
  })
  expect(dirty).toEqual(clean)
  const everything = logOf(poisoned)
  expect(fitEncoder(everything, rows(0, 400), STATE, CANDIDATE).hash).not.toBe(clean!.hash)
})

const encoder = new BinnedEncoder(
  describeEncoder(
    ['a-service', 'b-service'],
    [{ name: 'load', source: 'inFlight', derivation: 'per-eligible', edges: [1, 2] }],
    [
      { name: 'inFlight', source: 'inFlight', derivation: 'value', edges: [0, 1, 2, 3, 5, 8] },
      { name: 'relativeLatency', source: 'responseTimeMs', derivation: 'relative', edges: [0.8, 1] },
    ],
  ),
)

function observationOf(inFlight: readonly number[], responseTimeMs: readonly number[]): Observation {
  const instances = new Float64Array(inFlight.length * INSTANCE_WIDTH).fill(Number.NaN)
  for (let i = 0; i < inFlight.length; i++) {
    instances[i * INSTANCE_WIDTH + instanceFeature('inFlight')] = inFlight[i]!
    instances[i * INSTANCE_WIDTH + instanceFeature('responseTimeMs')] = responseTimeMs[i]!
  }
  const total = inFlight.reduce((sum, value) => sum + value, 0)
  return {
    service: 'b-service',
    nowMs: 0,
    count: inFlight.length,
    context: Float64Array.of(0, total, 1, inFlight.length),
    instances,
    eligible: new Uint8Array(inFlight.length).fill(1),
    affinity: '',
    truth: undefined,
  }
}

function keysOf(observation: Observation): string[] {
  const reader = encoder.createReader()
  reader.read(observation)
  return Array.from({ length: reader.count }, (_, k) =>
    encoder.classKey(encoder.classCode(reader.candidates, k * reader.candidateWidth)),
  )
}

test('keys say which bin, latency is relative to the candidates that have one, missing is its own bin', () => {
  const observation = observationOf([0, 4, 12], [50, 150, Number.NaN])
  expect(keysOf(observation)).toEqual([
    'inFlight=0 relativeLatency=0',
    'inFlight=4 relativeLatency=2',
    'inFlight=6 relativeLatency=missing',
  ])
  const reader = encoder.createReader()
  reader.read(observation)
  expect(encoder.stateKey(encoder.stateCode(1, reader.state, 0))).toBe('b-service load=2')
})

test('an instance that cannot be chosen is no candidate, and its latency does not count', () => {
  const observation = observationOf([0, 0, 0], [50, 150, 9000])
  observation.eligible[2] = 0
  expect(keysOf(observation)).toEqual(['inFlight=0 relativeLatency=0', 'inFlight=0 relativeLatency=2'])
})

test('a hundred instances fit as well', () => {
  const observation = observationOf(new Array(100).fill(2), new Array(100).fill(10))
  expect(new Set(keysOf(observation))).toEqual(new Set(['inFlight=2 relativeLatency=1']))
  expect(keysOf(observation)).toHaveLength(100)
})

test('every code has its own key, and the vocabulary finds codes by key', () => {
  const keys = Array.from({ length: encoder.classCodes }, (_, code) => encoder.classKey(code))
  expect(new Set(keys).size).toBe(8 * 4)
  const chosen = [keys[3]!, keys[17]!]
  const vocabulary = Vocabulary.ofKeys(encoder, ['b-service load=missing'], chosen)
  expect([3, 17, 4].map((code) => vocabulary.classId(code))).toEqual([0, 1, 2])
  expect(vocabulary.stateKeys).toEqual(['b-service load=missing'])
  expect(() => Vocabulary.ofKeys(encoder, ['c-service load=0'], chosen)).toThrow(
    /"c-service load=0" is no key/,
  )
})

test('refuses more classes than a table can hold', () => {
  const feature = {
    name: 'cpu',
    source: 'cpu',
    derivation: 'value',
    edges: [1, 2, 3, 4, 5, 6, 7, 8],
  } as const
  const many = Array.from({ length: 7 }, () => feature)
  expect(() => new BinnedEncoder(describeEncoder(['a'], [], many))).toThrow(LearningError)
})
