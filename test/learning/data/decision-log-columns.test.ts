/** A log that is filled from columns is, bit for bit, the log that is filled from records. */
import { expect, test } from 'vitest'
import { openRun } from '../../../src/experience/index.ts'
import { DecisionLog } from '../../../src/learning/data/decision-log.ts'
import { candidateFeatures, stateFeatures } from '../../../src/learning/encoders/encoded-features.ts'
import { FeatureReader } from '../../../src/learning/encoders/feature-reader.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../../../src/routing/index.ts'
import { syntheticRun, writeRun } from '../synthetic-run.ts'

const made = syntheticRun({ decisions: 300, speeds: [1, 0.5, 0.7] })
const unhealthy = (row: readonly (number | null)[]) => row.with(instanceFeature('healthy'), 0)
const open = (row: readonly (number | null)[]) => row.with(instanceFeature('breakerOpen'), 1)

/** Everything that a recorder may write, here and there. */
const records = made.records.map((record, i) => {
  const { state, next, outcome } = record
  const rows = state.instances as (readonly (number | null)[])[]
  const changes: Record<number, object> = {
    1: { action: null },
    2: { outcome: null, rewards: null, reward: null },
    3: { reward: null },
    4: { propensity: null, policy: null },
    5: { propensityEstimated: true, propensity: [0.2, 0.3, 0.5] },
    6: { done: true },
    7: { next: null, truncated: true },
    8: { state: { ...state, instances: [null, null, null] } },
    9: { state: { ...state, instances: rows.map(unhealthy) } },
    10: { state: { ...state, instances: [open(rows[0]!), rows[1], null] }, propensity: [0.5, 0.5, 0] },
    11: { state: { ...state, instances: [open(rows[0]!), rows[1], rows[2]] }, propensity: [0, 0.5, 0.5] },
    12: { next: next && { ...next, instances: [...next.instances.slice(0, 2), null] } },
    13: { state: { ...state, context: state.context.with(0, null) } },
    14: { outcome: { ...outcome, status: 503, queueMs: 1.5, workMs: 2.5 } },
    15: { action: { ...record.action, strategy: { index: 1, name: 'b' } }, strategyPropensity: [0.25, 0.75] },
    16: { action: { ...record.action, strategy: { index: 5, name: 'x' } }, strategyPropensity: [0.25, 0.75] },
    17: { propensity: [1] },
    18: { outcome: { ...outcome, latencyMs: null } },
  }
  return { ...record, ...changes[i % 25] }
}) as typeof made.records

const emptyLog = () => new DecisionLog(new FeatureReader(stateFeatures.all, candidateFeatures.all))

/** Everything that can be asked of a log. */
function contentOf(log: DecisionLog): unknown {
  const { state, next, length, services, skipped, estimatedPropensities } = log
  const states = [state, next].map(({ state: values, candidates, inFlight, starts }) => [
    values,
    candidates,
    inFlight,
    starts,
  ])
  const columns = [
    log.run,
    log.timeMs,
    log.service,
    log.chosen,
    log.propensity,
    log.reward,
    log.terminal,
    log.dtMs,
  ]
  const more = [log.route, log.instance, log.instances, log.strategy, log.strategyPropensity, log.failed]
  const times = [log.latencyMs, log.queueMs, log.workMs]
  return { length, services, skipped: [...skipped], estimatedPropensities, states, columns, more, times }
}

test('the log is the same, from lines of any shape and from the cache', () => {
  expect(INSTANCE_WIDTH).toBe(made.description.instanceFeatures.length)
  const description = { ...made.description, strategies: ['a', 'b'] }
  const directory = writeRun({ description, records })
  const plain = emptyLog()
  for (const record of openRun(directory).records()) plain.append(0, record)
  expect([...plain.skipped.keys()].sort()).toEqual([
    'chosen-not-eligible',
    'no-action',
    'no-outcome',
    'no-reward',
  ])
  const fast = emptyLog()
  const opened = openRun(directory)
  for (const batch of opened.columns()) fast.appendBatch(0, batch, Object.keys(opened.description.services))
  expect(contentOf(fast)).toEqual(contentOf(plain))
})
