/**
 * Speed of the tabular learners, in transitions per second.
 *
 * Absolute numbers depend on the machine and on what else it does, so each is measured in turns with a bare loop
 * that does the least a program of the kind can do, and reported as a ratio to it.
 */
import { RandomStreams } from '../src/core/index.ts'
import { EpochOrder } from '../src/learning/epoch-order.ts'
import { cql } from '../src/learning/learners/cql.ts'
import type { Learner } from '../src/learning/learners/learner.ts'
import { qLearning } from '../src/learning/learners/q-learning.ts'
import type { EncodedStates, Transitions } from '../src/learning/transitions.ts'
import { learningRates, ValueTable } from '../src/learning/value-table.ts'
import type { BenchRow } from './bench-row.ts'
import { mediansInTurns } from './in-turns.ts'

const COUNT = 200_000
const STATES = 500
const CLASSES = 60
const CANDIDATES = 3

export async function run(): Promise<BenchRow[]> {
  const transitions = randomTransitions()
  const rowNumbers = Uint32Array.from({ length: COUNT }, (_, i) => i)
  const order = new EpochOrder(rowNumbers, new RandomStreams(1).stream('order')).next()
  const rows: BenchRow[] = []
  for (const learner of [qLearning, cql]) rows.push(await compare(learner, transitions, order))
  return rows
}

async function compare(learner: Learner, transitions: Transitions, order: Uint32Array): Promise<BenchRow> {
  const table = new ValueTable(STATES, CLASSES, -1, learningRates(0.8, 0.001))
  const settings = { gamma: 0.5, alpha: 0.1 }
  const bareValues = new Float64Array(STATES * CLASSES)
  const [value, bare] = (await mediansInTurns([
    () => perSecond(() => learner.sweep(table, transitions, order, settings)),
    () => perSecond(() => bareSweep(bareValues, transitions, order)),
  ])) as [number, number]
  const baseline = { name: 'bare typed-array Q-learning', value: bare }
  return { name: `train ${learner.name}`, value, unit: 'transitions/s', baseline, ratio: value / bare }
}

/**
 * Q-learning with nothing around it: the same data in the same order, a fixed number of candidates, a constant
 * step size, no counts and no loss.
 */
function bareSweep(values: Float64Array, transitions: Transitions, order: Uint32Array): void {
  const { reward, chosen } = transitions
  const { state, classes } = transitions.current
  const nextState = transitions.next.state
  const nextClasses = transitions.next.classes
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!
    const base = nextState[i]! * CLASSES
    const first = i * CANDIDATES
    let best = values[base + nextClasses[first]!]!
    for (let c = 1; c < CANDIDATES; c++) {
      const value = values[base + nextClasses[first + c]!]!
      if (value > best) best = value
    }
    const pair = state[i]! * CLASSES + classes[first + chosen[i]!]!
    values[pair]! += 0.1 * (reward[i]! + 0.5 * best - values[pair]!)
  }
}

function perSecond(sweep: () => void): number {
  const start = performance.now()
  sweep()
  return (COUNT * 1000) / (performance.now() - start)
}

function randomTransitions(): Transitions {
  const random = new RandomStreams(1).stream('transitions')
  const below = (limit: number) => Math.floor(random() * limit)
  const states = (): EncodedStates => ({
    state: Int32Array.from({ length: COUNT }, () => below(STATES)),
    starts: Int32Array.from({ length: COUNT + 1 }, (_, i) => i * CANDIDATES),
    classes: Int32Array.from({ length: COUNT * CANDIDATES }, () => below(CLASSES)),
  })
  return {
    count: COUNT,
    states: STATES,
    classes: CLASSES,
    current: states(),
    inFlight: new Float32Array(COUNT * CANDIDATES),
    chosen: Int32Array.from({ length: COUNT }, () => below(CANDIDATES)),
    propensity: new Float64Array(COUNT).fill(1 / CANDIDATES),
    reward: Float64Array.from({ length: COUNT }, () => -random()),
    rewardScale: 1,
    next: states(),
    terminal: new Uint8Array(COUNT),
    hasNext: new Uint8Array(COUNT).fill(1),
    dtMs: new Float64Array(COUNT).fill(10),
  }
}
