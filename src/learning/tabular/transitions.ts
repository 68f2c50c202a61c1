/**
 * Transitions in flat typed arrays: what a learner's inner loop reads, and nothing else.
 */
import { LearningError } from '../../core/index.ts'
import type { DecisionLog } from '../data/decision-log.ts'
import { followingRows } from '../data/following-rows.ts'
import type { StateColumns } from '../data/state-columns.ts'
import type { BinnedEncoder } from '../encoders/binned-encoder.ts'
import type { Vocabulary } from '../encoders/vocabulary.ts'

/** States with the classes of their candidates, one state per row. */
export interface EncodedStates {
  /** Shape [rows]: state id. */
  readonly state: Int32Array
  /** Shape [rows + 1]: the candidates of row i stand from starts[i] up to starts[i + 1]. */
  readonly starts: Int32Array
  /** Shape [candidates of all rows]: class id. */
  readonly classes: Int32Array
}

/**
 * `n` decisions with what followed. Rewards are divided by `rewardScale`, so that a learner's constants mean the
 * same whatever the unit of the reward; values learned from them are in that unit too.
 */
export interface Transitions {
  readonly count: number
  /** Numbers of known states and classes; these numbers themselves stand for an unknown one. */
  readonly states: number
  readonly classes: number
  readonly current: EncodedStates
  /** Shape [candidates]: requests in flight to each candidate of `current`, for the fallback rule. */
  readonly inFlight: Float32Array
  /** Shape [n]: position of the chosen instance among the candidates. */
  readonly chosen: Int32Array
  /** Shape [n]: probability with which the logger chose as it did; NaN if the log does not say. */
  readonly propensity: Float64Array
  readonly reward: Float64Array
  readonly rewardScale: number
  /** A row without candidates where `hasNext` is 0. */
  readonly next: EncodedStates
  /** Shape [n]: 1 where the process ended, so that the value of what follows is 0. */
  readonly terminal: Uint8Array
  /** Shape [n]: 1 where a next state with at least one legal action is known. Never 1 where `terminal` is. */
  readonly hasNext: Uint8Array
  /** Shape [n]: time to the next state; NaN where there is none. */
  readonly dtMs: Float64Array
  /**
   * Shape [n]: row of the next decision of the same service and run; -1 where there is none among these rows, be it
   * that the process ended, the split did, or the log has a gap.
   */
  readonly following: Int32Array
}

/** The transitions of the given rows of a log. */
export function encodeTransitions(
  log: DecisionLog,
  rows: Uint32Array,
  encoder: BinnedEncoder,
  vocabulary: Vocabulary,
  rewardScale: number,
): Transitions {
  const serviceIndex = Int32Array.from(log.services, (service) => encoder.serviceIndex(service))
  const services = Int32Array.from(rows, (row) => serviceIndex[log.service[row]!]!)
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]!)
  const next = encodeStates(log, log.next, rows, services, encoder, vocabulary)
  return {
    count: rows.length,
    states: vocabulary.states,
    classes: vocabulary.classes,
    current: encodeStates(log, log.state, rows, services, encoder, vocabulary),
    inFlight: pickCandidates(log.state, rows),
    chosen: Int32Array.from(rows, (row) => log.chosen[row]!),
    propensity: pick(log.propensity),
    reward: pick(log.reward).map((reward) => reward / rewardScale),
    rewardScale,
    next,
    terminal: Uint8Array.from(rows, (row) => log.terminal[row]!),
    hasNext: Uint8Array.from(rows, (_, i) => (next.starts[i + 1]! > next.starts[i]! ? 1 : 0)),
    dtMs: pick(log.dtMs),
    following: followingRows(log, rows),
  }
}

function encodeStates(
  log: DecisionLog,
  columns: StateColumns,
  rows: Uint32Array,
  services: Int32Array,
  encoder: BinnedEncoder,
  vocabulary: Vocabulary,
): EncodedStates {
  const starts = startsOf(columns, rows)
  const state = new Int32Array(rows.length)
  const classes = new Int32Array(starts[rows.length]!)
  const from = columns.starts
  const stateValues = columns.state
  const candidateValues = columns.candidates
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    const service = services[i]!
    state[i] =
      service < 0
        ? vocabulary.states
        : vocabulary.stateId(encoder.stateCode(service, stateValues, row * log.stateWidth))
    let at = starts[i]!
    for (let k = from[row]!; k < from[row + 1]!; k++) {
      classes[at++] = vocabulary.classId(encoder.classCode(candidateValues, k * log.candidateWidth))
    }
  }
  return { state, starts, classes }
}

function startsOf(columns: StateColumns, rows: Uint32Array): Int32Array {
  const from = columns.starts
  const starts = new Int32Array(rows.length + 1)
  for (let i = 0; i < rows.length; i++) starts[i + 1] = starts[i]! + from[rows[i]! + 1]! - from[rows[i]!]!
  return starts
}

function pickCandidates(columns: StateColumns, rows: Uint32Array): Float32Array {
  const starts = startsOf(columns, rows)
  const { starts: from, inFlight } = columns
  const picked = new Float32Array(starts[rows.length]!)
  for (let i = 0; i < rows.length; i++) {
    picked.set(inFlight.subarray(from[rows[i]!]!, from[rows[i]! + 1]!), starts[i]!)
  }
  return picked
}

/**
 * Rows that a learner can use, as indices: with a discount above 0 those without a known next state are left
 * out, unless the process ended there.
 */
export function usableRows(transitions: Transitions, gamma: number): Uint32Array {
  const all = Uint32Array.from({ length: transitions.count }, (_, i) => i)
  if (gamma === 0) return all
  return all.filter((i) => transitions.hasNext[i] === 1 || transitions.terminal[i] === 1)
}

/** By row: index of the chosen pair in tables whose rows are `width` wide. */
export function chosenPairs({ count, current, chosen }: Transitions, width: number): Int32Array {
  const { state, starts, classes } = current
  const pairs = new Int32Array(count)
  for (let i = 0; i < count; i++) pairs[i] = state[i]! * width + classes[starts[i]! + chosen[i]!]!
  return pairs
}

/** @throws LearningError if all that was chosen looks the same, so that there is nothing to compare */
export function requireClasses({ count, current, chosen }: Transitions): void {
  const { starts, classes } = current
  const chosenClasses = new Set<number>()
  for (let i = 0; i < count; i++) chosenClasses.add(classes[starts[i]! + chosen[i]!]!)
  if (chosenClasses.size > 1) return
  throw new LearningError(
    'nothing to learn: all chosen instances looked the same (one class): record under more load, ' +
      'or with a policy that explores, such as "epsilon-greedy(power-of-two-choices, epsilon=0.2)"',
  )
}
