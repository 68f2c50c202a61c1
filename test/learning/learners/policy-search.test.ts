/** Policy search on logs of which it is known what is to be found. */
import { expect, test } from 'vitest'
import { LearningError, RandomStreams } from '../../../src/core/index.ts'
import { readRecordedData } from '../../../src/learning/data/recorded-data.ts'
import { completeHyperParameters } from '../../../src/learning/learners/hyper-parameters.ts'
import type { TrainedModel } from '../../../src/learning/learners/learner.ts'
import { policySearch } from '../../../src/learning/learners/policy-search.ts'
import type { LinearContent } from '../../../src/learning/linear/linear-model.ts'
import { PRIOR_WEIGHTS } from '../../../src/learning/linear/linear-weights.ts'
import { LINEAR_CHOICE } from '../../../src/learning/linear/logged-observations.ts'
import { type ServedRun, servedRun } from '../search/served-run.ts'
import { writeRun } from '../synthetic-run.ts'

const SMALL = { population: 8, generations: 3, requests: 600 }

function trained(run: ServedRun, features = LINEAR_CHOICE): TrainedModel {
  const streams = new RandomStreams(1)
  const data = readRecordedData([writeRun(run)], features, streams.stream('row-order'))
  const settings = completeHyperParameters(policySearch, SMALL)
  const trainer = policySearch.begin({ data, settings, actions: 'instance', streams })
  while (trainer.next() !== undefined);
  return trainer.best!
}

function weightsOf({ content }: TrainedModel): LinearContent {
  return content.files['weights.json'] as LinearContent
}

test('keeps dear requests apart where one worker serves them in turn, and says so on its own estimate', () => {
  const model = trained(
    servedRun({
      discipline: 'fcfs',
      workers: 1,
      instances: 8,
      load: 0.8,
      decisions: 4000,
      shares: [0.95, 0.05],
    }),
  )
  const { misplaced, inFlight } = weightsOf(model).services['cart-service']!
  expect(misplaced).toBeGreaterThan(10 * inFlight)
  expect(model.facts).toMatchObject({ servicesSearched: 1, servicesImproved: 1 })
  // At least a quarter of the latency, in logarithms.
  expect(model.report.validationObjective).toBeLessThan(-0.3)
  expect(weightsOf(model).shared).toEqual(weightsOf(model).services['cart-service'])
})

test('keeps least outstanding where nothing is better', () => {
  const model = trained(
    servedRun({ discipline: 'ps', workers: 4, instances: 3, load: 0.6, decisions: 1000, shares: [1, 0] }),
  )
  expect(weightsOf(model)).toMatchObject({
    shared: PRIOR_WEIGHTS,
    services: { 'cart-service': PRIOR_WEIGHTS },
  })
  expect(model.report.validationObjective).toBe(0)
})

test('refuses other features than those that it scores by', () => {
  const run = servedRun({
    discipline: 'fcfs',
    workers: 1,
    instances: 2,
    load: 0.5,
    decisions: 400,
    shares: [1, 0],
  })
  expect(() => trained(run, { state: ['load'], instance: ['inFlight'] })).toThrow(LearningError)
  expect(() => trained(run, { state: ['load'], instance: ['inFlight'] })).toThrow(/leave the features out/)
})
