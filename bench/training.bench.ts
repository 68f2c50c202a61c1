/**
 * Speed of the tabular learners, in transitions per second of processor time.
 *
 * Absolute numbers depend on the machine and on what else it does, so each is measured in turns with a bare loop
 * that does the least a program of its kind can do, and reported as a ratio to it.
 */
import { RandomStreams } from '../src/core/index.ts'
import { EpochOrder } from '../src/learning/data/epoch-order.ts'
import { cql } from '../src/learning/learners/cql.ts'
import { qLearning } from '../src/learning/learners/q-learning.ts'
import type { TabularRule } from '../src/learning/tabular/tabular-rule.ts'
import type { EncodedStates, Transitions } from '../src/learning/tabular/transitions.ts'
import { learningRates, ValueTable } from '../src/learning/tabular/value-table.ts'
import type { BenchRow } from './bench-row.ts'
import { mediansInTurns } from './in-turns.ts'

const COUNT = 200_000
const STATES = 500
const CLASSES = 60
const CANDIDATES = 3
const SWEEPS = 5

export async function run(): Promise<BenchRow[]> {
  const transitions = randomTransitions()
  const rowNumbers = Uint32Array.from({ length: COUNT }, (_, i) => i)
  const order = new EpochOrder(rowNumbers).next(new RandomStreams(1).stream('order'))
  const rows: BenchRow[] = []
  rows.push(await compare(qLearning, 'bare typed-array Q-learning', bareQLearning, transitions, order))
  rows.push(await compare(cql, 'bare typed-array CQL', bareCql, transitions, order))
  return rows
}

type BareSweep = (values: Float64Array, transitions: Transitions, order: Uint32Array) => void

async function compare(
  rule: TabularRule,
  name: string,
  bareSweep: BareSweep,
  transitions: Transitions,
  order: Uint32Array,
): Promise<BenchRow> {
  const table = new ValueTable(STATES, CLASSES, -1, learningRates(0.8, 0.001))
  const settings = { gamma: 0.5, alpha: 0.1 }
  const random = new RandomStreams(1).stream('sweep')
  const prepared = rule.prepare(table, transitions, settings)
  const bareValues = new Float64Array(STATES * CLASSES)
  const [value, bare] = (await mediansInTurns([
    () => perSecond(() => prepared.sweep(order, random)),
    () => perSecond(() => bareSweep(bareValues, transitions, order)),
  ])) as [number, number]
  const baseline = { name, value: bare }
  return { name: `train ${rule.name}`, value, unit: 'transitions/CPU-second', baseline, ratio: value / bare }
}

/**
 * Q-learning with nothing around it: the same data in the same order, a fixed number of candidates, a constant
 * step size, no counts and no loss.
 */
function bareQLearning(values: Float64Array, transitions: Transitions, order: Uint32Array): void {
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

/** The same with the conservative term: a softmax over the candidates, of values that are small enough for it. */
function bareCql(values: Float64Array, transitions: Transitions, order: Uint32Array): void {
  const { reward, chosen } = transitions
  const { state, classes } = transitions.current
  const nextState = transitions.next.state
  const nextClasses = transitions.next.classes
  const weights = new Float64Array(CANDIDATES)
  for (let k = 0; k < order.length; k++) {
    const i = order[k]!
    const nextBase = nextState[i]! * CLASSES
    const first = i * CANDIDATES
    let best = values[nextBase + nextClasses[first]!]!
    for (let c = 1; c < CANDIDATES; c++) {
      const value = values[nextBase + nextClasses[first + c]!]!
      if (value > best) best = value
    }
    const base = state[i]! * CLASSES
    let total = 0
    for (let c = 0; c < CANDIDATES; c++) {
      weights[c] = Math.exp(values[base + classes[first + c]!]!)
      total += weights[c]!
    }
    const pair = base + classes[first + chosen[i]!]!
    const tdError = reward[i]! + 0.5 * best - values[pair]!
    for (let c = 0; c < CANDIDATES; c++)
      values[base + classes[first + c]!]! -= (0.1 * 0.1 * weights[c]!) / total
    values[pair]! += 0.1 * (tdError + 0.1)
  }
}

/** Several sweeps in a row: one alone is short for the clock. */
function perSecond(sweep: () => void): number {
  const start = process.cpuUsage()
  for (let k = 0; k < SWEEPS; k++) sweep()
  const { user, system } = process.cpuUsage(start)
  return (COUNT * SWEEPS * 1e6) / (user + system)
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
    following: new Int32Array(COUNT).fill(-1),
  }
}
