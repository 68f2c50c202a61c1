/** Golden vectors of the features, by name. */
import { expect, test } from 'vitest'
import { LINEAR_FEATURES, type LinearFeatureName } from '../../../src/learning/linear/linear-features.ts'
import { LinearScore } from '../../../src/learning/linear/linear-score.ts'
import { weightsOf } from '../../../src/learning/linear/linear-weights.ts'
import {
  contextFeature,
  INSTANCE_WIDTH,
  instanceFeature,
  type Observation,
} from '../../../src/routing/index.ts'
import { observationOf } from '../../routing/observation-of.ts'

interface Seen {
  readonly inFlight: readonly number[]
  readonly eligible?: readonly number[]
  readonly workMs?: readonly number[]
  readonly slowness?: readonly number[]
  readonly recentErrorRate?: readonly number[]
  readonly errorRate?: readonly number[]
  /** Of the request: its expected work, the mean one, and the shares of work that are cheaper and its own. */
  readonly request?: readonly [workMs: number, meanWorkMs: number, cheaper: number, own: number]
}

function seen({ inFlight, eligible, request, ...features }: Seen): Observation {
  const observation = observationOf(eligible === undefined ? { inFlight } : { inFlight, eligible })
  for (const [name, values] of Object.entries(features)) {
    const place = instanceFeature(name as 'workMs')
    for (const [i, value] of values.entries()) observation.instances[i * INSTANCE_WIDTH + place] = value
  }
  const [workMs, meanWorkMs, cheaper, own] = request ?? [Number.NaN, Number.NaN, Number.NaN, Number.NaN]
  observation.context[contextFeature('workMs')] = workMs
  observation.context[contextFeature('meanWorkMs')] = meanWorkMs
  observation.context[contextFeature('cheaperWorkShare')] = cheaper
  observation.context[contextFeature('ownWorkShare')] = own
  return observation
}

/** One feature of all instances: the cost under a weight of 1 on it alone. */
function column(name: LinearFeatureName, observation: Observation): number[] {
  const costs = new Float64Array(observation.count)
  expect(new LinearScore(weightsOf({ [name]: 1 })).score(observation, costs)).toBe(true)
  return Array.from(costs)
}

test('counts and work in flight, the latter in units of the mean request', () => {
  const observation = seen({ inFlight: [2, 0], workMs: [30, 0], request: [5, 10, 0, 0.2] })
  expect(column('inFlight', observation)).toEqual([2, 0])
  expect(column('work', observation)).toEqual([3, 0])
  expect(column('dearWork', observation)).toEqual([0, 0])
  expect(
    column('dearWork', seen({ inFlight: [2, 0], workMs: [30, 0], request: [40, 10, 0.8, 0.2] })),
  ).toEqual([0.75 * 3, 0])
})

test('slowness is relative to the candidates, and counts by itself and by request', () => {
  const observation = seen({
    inFlight: [2, 1, 3],
    slowness: [3, 1, 99],
    workMs: [20, 10, 0],
    eligible: [1, 1, 0],
    request: [10, 10, 0, 1],
  })
  expect(column('slowness', observation).slice(0, 2)).toEqual([0.5, -0.5])
  expect(column('inFlightSlowness', observation).slice(0, 2)).toEqual([1, -0.5])
  expect(column('workSlowness', observation).slice(0, 2)).toEqual([1, -0.5])
})

test('failures count by the square of their share', () => {
  const observation = seen({ inFlight: [0, 0], recentErrorRate: [0.5, 0], errorRate: [0.2, 0.1] })
  expect(column('recentErrors', observation)).toEqual([0.25, 0])
  expect(column('errors', observation)[0]).toBeCloseTo(0.04)
})

test('a dear request is misplaced on instances that are wholly for cheaper ones', () => {
  // Of four instances the first three quarters but a bit are for cheaper work: two whole ones, and 80 % of the third.
  const dear = seen({ inFlight: [0, 0, 0, 0], request: [40, 10, 0.7, 0.3] })
  expect(column('misplaced', dear)).toEqual([0.75, 0.75, 0, 0])
  // Without the third, the fourth would have 0.3 of the work with 0.25 of the capacity: 20 % too much of 25 %.
  expect(column('straddling', dear).map((value) => Number(value.toFixed(6)))).toEqual([0, 0, 0.12, 0])
  expect(column('crowding', dear)).toEqual([0, 0, 0, 0])
})

test('a cheap request crowds instances behind its own part of the fleet', () => {
  const cheap = seen({ inFlight: [0, 0, 0, 0], request: [4, 10, 0, 0.3] })
  expect(column('misplaced', cheap)).toEqual([0, 0, 0, 0])
  expect(column('crowding', cheap).map((value) => Number(value.toFixed(6)))).toEqual([0, 0, 0.2, 0.45])
})

test('slow and failing instances have less of the fleet', () => {
  const request = [40, 10, 0.5, 0.5] as const
  expect(column('misplaced', seen({ inFlight: [0, 0, 0], request }))).toEqual([0.75, 0, 0])
  // The first two are half as fast as the third: together they are half of the fleet.
  expect(column('misplaced', seen({ inFlight: [0, 0, 0], slowness: [2, 2, 1], request }))).toEqual([
    0.75, 0.75, 0,
  ])
  expect(column('misplaced', seen({ inFlight: [0, 0, 0], recentErrorRate: [0, 0.99, 0], request }))).toEqual([
    0.75, 0, 0,
  ])
})

test('what is not known is 0, but for the requests in flight, which then are mean ones', () => {
  for (const { name } of LINEAR_FEATURES) {
    expect(column(name, seen({ inFlight: [2, 1] }))).toEqual(
      name === 'inFlight' || name === 'work' ? [2, 1] : [0, 0],
    )
  }
  const score = new LinearScore(weightsOf({ work: 1 }))
  const costs = new Float64Array(2)
  expect(score.score(seen({ inFlight: [2, Number.NaN] }), costs)).toBe(false)
  expect(score.score(seen({ inFlight: [2, Number.NaN], eligible: [1, 0] }), costs)).toBe(true)
})

test('a cost is the weighted sum of the features', () => {
  const observation = seen({
    inFlight: [2, 0, 5, 1, 3],
    workMs: [30, 0, 80, 4, 12],
    slowness: [1, 2, 0.5, 1, 1.5],
    recentErrorRate: [0, 0.2, 0, 0, 0.1],
    errorRate: [0.1, 0.2, 0, 0, 0.1],
    eligible: [1, 1, 1, 0, 1],
    request: [40, 10, 0.5, 0.2],
  })
  const weights = Object.fromEntries(LINEAR_FEATURES.map(({ name }, f) => [name, f + 0.5]))
  const costs = new Float64Array(5)
  new LinearScore(weightsOf(weights)).score(observation, costs)
  for (const i of [0, 1, 2, 4]) {
    const sum = LINEAR_FEATURES.reduce(
      (all, { name }) => all + weights[name]! * column(name, observation)[i]!,
      0,
    )
    expect(costs[i]).toBeCloseTo(sum, 10)
  }
})
