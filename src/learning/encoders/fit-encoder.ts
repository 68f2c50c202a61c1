/** Fits bins and vocabulary on the training split, and on nothing else. */
import type { DecisionLog } from '../data/decision-log.ts'
import type { StateColumns } from '../data/state-columns.ts'
import { BinnedEncoder, describeEncoder } from './binned-encoder.ts'
import { quantileEdges } from './bins.ts'
import type { Binning, CandidateFeature, StateFeature } from './encoded-features.ts'
import { Vocabulary } from './vocabulary.ts'

/** The encoder whose quantile edges are those of the states of the given rows. */
export function fitEncoder(
  log: DecisionLog,
  rows: Uint32Array,
  state: readonly StateFeature[],
  candidate: readonly CandidateFeature[],
): BinnedEncoder {
  const { starts, state: stateValues, candidates } = log.state
  const candidateRows: number[] = []
  for (const row of rows) for (let k = starts[row]!; k < starts[row + 1]!; k++) candidateRows.push(k)
  const services = new Set(Array.from(rows, (row) => log.services[log.service[row]!]!))
  const column = (values: Float32Array, width: number, at: ArrayLike<number>, feature: number) =>
    Float32Array.from(at, (row) => values[row * width + feature]!)
  return new BinnedEncoder(
    describeEncoder(
      [...services].sort(),
      state.map(({ name, source, derivation, binning }, f) => {
        const edges = edgesOf(binning, () => column(stateValues, log.stateWidth, rows, f))
        return { name, source, derivation, edges }
      }),
      candidate.map(({ name, source, derivation, binning }, f) => {
        const edges = edgesOf(binning, () => column(candidates, log.candidateWidth, candidateRows, f))
        return { name, source, derivation, edges }
      }),
    ),
  )
}

function edgesOf(binning: Binning, values: () => Float32Array): readonly number[] {
  return 'edges' in binning ? binning.edges : quantileEdges(values(), binning.quantiles)
}

/** The states and classes that occur in the given rows, or right after them. */
export function fitVocabulary(log: DecisionLog, rows: Uint32Array, encoder: BinnedEncoder): Vocabulary {
  const stateCodes = new Uint8Array(encoder.stateCodes)
  const classCodes = new Uint8Array(encoder.classCodes)
  const services = log.services.map((service) => encoder.serviceIndex(service))
  const mark = (columns: StateColumns) => {
    const { starts, state, candidates } = columns
    for (const row of rows) {
      if (starts[row] === starts[row + 1]) continue
      stateCodes[encoder.stateCode(services[log.service[row]!]!, state, row * log.stateWidth)] = 1
      for (let k = starts[row]!; k < starts[row + 1]!; k++) {
        classCodes[encoder.classCode(candidates, k * log.candidateWidth)] = 1
      }
    }
  }
  mark(log.state)
  mark(log.next)
  return Vocabulary.ofCodes(encoder, stateCodes, classCodes)
}
