/** Fits means, deviations and services on the training split, and on nothing else. */
import type { DecisionLog } from '../data/decision-log.ts'
import type { RecordedData } from '../data/recorded-data.ts'
import { candidateFeatures, stateFeatures } from './encoded-features.ts'
import { describeFeatureRows, FeatureRows } from './feature-rows.ts'

/** The rows of a log's features, standardised over the states of its training split. */
export function fitFeatureRows({ log, split, features }: RecordedData): FeatureRows {
  const rows = split.training
  const services = new Set(Array.from(rows, (row) => log.services[log.service[row]!]!))
  return new FeatureRows(
    describeFeatureRows(
      [...services].sort(),
      features.state.map((name, f) => {
        const { summary: _summary, binning: _binning, ...source } = stateFeatures.get(name)
        return { ...source, ...momentsOf(stateValues(log, rows, f)) }
      }),
      features.instance.map((name, f) => {
        const { summary: _summary, binning: _binning, ...source } = candidateFeatures.get(name)
        return { ...source, ...momentsOf(candidateValues(log, rows, f)) }
      }),
    ),
  )
}

function* stateValues({ state, stateWidth }: DecisionLog, rows: Uint32Array, feature: number) {
  const values = state.state
  for (const row of rows) yield values[row * stateWidth + feature]!
}

function* candidateValues({ state, candidateWidth }: DecisionLog, rows: Uint32Array, feature: number) {
  const { starts, candidates } = state
  for (const row of rows) {
    for (let k = starts[row]!; k < starts[row + 1]!; k++) yield candidates[k * candidateWidth + feature]!
  }
}

/** By Welford's recurrence, which is exact enough in one pass. */
function momentsOf(values: Iterable<number>) {
  let known = 0
  let missing = 0
  let mean = 0
  let squares = 0
  for (const value of values) {
    if (!Number.isFinite(value)) {
      missing++
      continue
    }
    known++
    const delta = value - mean
    mean += delta / known
    squares += delta * (value - mean)
  }
  const deviation = Math.sqrt(squares / Math.max(1, known))
  return { mean, deviation: deviation > 1e-6 ? deviation : 1, indicator: missing > 0 }
}
