/**
 * Transitions in which the action is a strategy: the same six may be chosen in every state, and their classes are their
 * indices. What a strategy would have done is not looked at; the state must tell when which is at home.
 */
import { STRATEGY_NAMES } from '../../routing/index.ts'
import type { DecisionLog } from '../data/decision-log.ts'
import { strategyRows } from '../data/strategy-rows.ts'
import type { BinnedEncoder } from '../encoders/binned-encoder.ts'
import type { Vocabulary } from '../encoders/vocabulary.ts'
import { type EncodedStates, encodeTransitions, type Transitions } from './transitions.ts'

const COUNT = STRATEGY_NAMES.length
const CLASSES = Int32Array.from({ length: COUNT }, (_, strategy) => strategy)

/** What the rule for unknown states goes by in place of requests in flight: `least-loaded`, which needs nothing else. */
export const STRATEGY_FALLBACK = Float32Array.from({ length: COUNT }, (_, strategy) =>
  strategy === 0 ? 0 : 1,
)

/** @throws LearningError if no decision names a strategy */
export function encodeStrategyTransitions(
  log: DecisionLog,
  rows: Uint32Array,
  encoder: BinnedEncoder,
  vocabulary: Vocabulary,
  rewardScale: number,
): Transitions {
  const named = strategyRows(log, rows)
  const transitions = encodeTransitions(log, named, encoder, vocabulary, rewardScale)
  const current = withStrategies(transitions.current)
  return {
    ...transitions,
    current,
    inFlight: Float32Array.from(current.classes, (strategy) => STRATEGY_FALLBACK[strategy]!),
    chosen: Int32Array.from(named, (row) => log.strategy[row]!),
    propensity: Float64Array.from(named, (row) => log.strategyPropensity[row]!),
    next: withStrategies(transitions.next),
  }
}

/** All strategies wherever there was a candidate. */
function withStrategies({ state, starts }: EncodedStates): EncodedStates {
  const own = new Int32Array(starts.length)
  for (let i = 0; i < state.length; i++) own[i + 1] = own[i]! + (starts[i + 1]! > starts[i]! ? COUNT : 0)
  const classes = new Int32Array(own[state.length]!)
  for (let k = 0; k < classes.length; k += COUNT) classes.set(CLASSES, k)
  return { state, starts: own, classes }
}
