/**
 * Known small problems of the field. The toy graph of COBS (Voloshin et al., 2019): in every layer one goes to the odd
 * node (+1) with the first action and to the even one (-1) with the second, or slips; the last step repeats the sign of
 * the node. ModelWin and ModelFail are those of Thomas & Brunskill (2016).
 */
import { describe, expect, it } from 'vitest'
import { estimators } from '../../../src/learning/estimators/index.ts'
import { ENDED } from '../../../src/learning/evaluation/cut-trajectories.ts'
import { type EncodedDecisions, TabularValues } from '../../../src/learning/evaluation/tabular-values.ts'
import { enumerate, type Process, targetValue, trueValues } from './logged-episodes.ts'

/** State 0 is the start, 1 the odd nodes, 2 the even ones; layers are told apart by the steps that are left. */
function graph(horizon: number, slip: number, target = 0.8, logger = 0.2): Process {
  const step = [
    [0, 1 - slip, slip],
    [0, slip, 1 - slip],
  ]
  return {
    first: [1, 0, 0],
    moves: [step, step, step],
    // What COBS pays on arrival, expected; the last step pays for the node where one is.
    reward: [
      [1 - 2 * slip, 2 * slip - 1],
      [1 - 2 * slip, 2 * slip - 1],
      [1 - 2 * slip, 2 * slip - 1],
    ],
    logger: [0, 1, 2].map(() => [logger, 1 - logger]),
    target: [0, 1, 2].map(() => [target, 1 - target]),
    horizon,
    gamma: 0.98,
  }
}

describe('the toy graph', () => {
  it.each([
    [2, 0, 1.188],
    [2, 0.25, 0.594],
    [4, 0, 2.328955],
    [4, 0.25, 1.164478],
  ])('%i layers, slip %f: %f', (horizon, slip, value) => {
    const process = graph(horizon, slip)
    expect(targetValue(process)).toBeCloseTo(value, 5)
    const model = () => [0.5, -0.25]
    for (const name of ['is', 'pdis', 'doubly-robust']) {
      expect(enumerate(estimators.get(name), process, model).mean, name).toBeCloseTo(value, 5)
    }
    expect(targetValue(graph(horizon, slip, 0.2)), 'is symmetric').toBeCloseTo(-value, 5)
  })

  it.each([
    [4, 0, 'dense', 2.328955],
    [4, 0, 'sparse', 0.564715],
    [4, 0.25, 'dense', 1.164478],
    [4, 0.25, 'sparse', 0.282358],
    [16, 0, 'dense', 8.286068],
    [16, 0, 'sparse', 0.443141],
    [16, 0.25, 'dense', 4.143034],
    [16, 0.25, 'sparse', 0.221571],
  ])('fitted Q evaluation: %i layers, slip %f, %s rewards: %f', (horizon, slip, kind, value) => {
    const { decisions, target } = graphLog(horizon, slip, kind === 'sparse')
    const all = Uint32Array.from(decisions.state, (_, row) => row)
    const fitted = new TabularValues(decisions, all, target, 0.98, horizon)
    expect(fitted.state(0, horizon)).toBeCloseTo(value, 5)
  })
})

/**
 * Every transition of the graph, as often as it is probable (in quarters): the empirical process is the true one. State
 * 0 is the start, 2 layer - 1 the odd node and 2 layer the even node of a layer.
 */
function graphLog(horizon: number, slip: number, sparse: boolean) {
  const rows: { state: number; action: number; reward: number; next: number }[] = []
  const firstRowOf = (state: number) => state * 8
  for (let state = 0; state < 2 * horizon - 1; state++) {
    const layer = Math.ceil(state / 2)
    const last = layer === horizon - 1
    for (const action of [0, 1]) {
      for (let quarter = 0; quarter < 4; quarter++) {
        const slips = quarter < 4 * slip
        const odd = (action === 0) !== slips
        const sign = last ? (state % 2 === 1 ? 1 : -1) : odd ? 1 : -1
        const next = last ? ENDED : firstRowOf(2 * layer + (odd ? 1 : 2))
        rows.push({ state, action, reward: sparse && !last ? 0 : sign, next })
      }
    }
  }
  const decisions: EncodedDecisions = {
    states: 2 * horizon - 1,
    classes: 2,
    state: Int32Array.from(rows, ({ state }) => state),
    starts: Int32Array.from({ length: rows.length + 1 }, (_, row) => 2 * row),
    classOf: Int32Array.from({ length: 2 * rows.length }, (_, k) => k % 2),
    chosen: Int32Array.from(rows, ({ action }) => action),
    reward: Float64Array.from(rows, ({ reward }) => reward),
    next: Int32Array.from(rows, ({ next }) => next),
  }
  const target = Float64Array.from({ length: 2 * rows.length }, (_, k) => (k % 2 === 0 ? 0.8 : 0.2))
  return { decisions, target }
}

describe('ModelWin', () => {
  /** From 0 to 1 (+1) with probability .4 under the first action and .6 under the second, else to 2 (-1); back at 0. */
  const modelWin = (q: number, horizon: number): Process => {
    const back = [1, 0, 0]
    return {
      first: [1, 0, 0],
      moves: [
        [
          [0, 0.4, 0.6],
          [0, 0.6, 0.4],
        ],
        [back, back],
        [back, back],
      ],
      reward: [
        [-0.2, 0.2],
        [0, 0],
        [0, 0],
      ],
      logger: [
        [0.5, 0.5],
        [0.5, 0.5],
        [0.5, 0.5],
      ],
      target: [
        [q, 1 - q],
        [0.5, 0.5],
        [0.5, 0.5],
      ],
      horizon,
      gamma: 1,
    }
  }

  it.each([0, 0.3, 0.73, 1])('a visit to the first state under q = %f is worth 0.2 - 0.4 q', (q) => {
    for (const horizon of [2, 4]) {
      const process = modelWin(q, horizon)
      const value = (horizon / 2) * (0.2 - 0.4 * q)
      for (const name of ['pdis', 'doubly-robust', 'fqe']) {
        expect(enumerate(estimators.get(name), process, trueValues(process)).mean, name).toBeCloseTo(
          value,
          12,
        )
      }
    }
  })
})

describe('ModelFail', () => {
  /** The first action leads where the second step pays 1, the other where it pays -1; all states look alike. */
  const modelFail: Process = {
    first: [1, 0, 0],
    moves: [
      [
        [0, 1, 0],
        [0, 0, 1],
      ],
      [
        [1, 0, 0],
        [1, 0, 0],
      ],
      [
        [1, 0, 0],
        [1, 0, 0],
      ],
    ],
    reward: [
      [0, 0],
      [1, 1],
      [-1, -1],
    ],
    logger: [0, 1, 2].map(() => [0.5, 0.5]),
    target: [0, 1, 2].map(() => [0.9, 0.1]),
    horizon: 2,
    gamma: 1,
  }

  /** What a table learns that cannot tell the states apart: eight equally probable trajectories, four of them distinct. */
  function blindModel(): TabularValues {
    const rows: { action: number; reward: number; next: number }[] = []
    for (const first of [0, 1]) {
      for (const second of [0, 1]) {
        rows.push({ action: first, reward: 0, next: rows.length + 1 })
        rows.push({ action: second, reward: first === 0 ? 1 : -1, next: ENDED })
      }
    }
    const decisions: EncodedDecisions = {
      states: 1,
      classes: 2,
      state: new Int32Array(rows.length),
      starts: Int32Array.from({ length: rows.length + 1 }, (_, row) => 2 * row),
      classOf: Int32Array.from({ length: 2 * rows.length }, (_, k) => k % 2),
      chosen: Int32Array.from(rows, ({ action }) => action),
      reward: Float64Array.from(rows, ({ reward }) => reward),
      next: Int32Array.from(rows, ({ next }) => next),
    }
    const target = Float64Array.from({ length: 2 * rows.length }, (_, k) => (k % 2 === 0 ? 0.9 : 0.1))
    return new TabularValues(
      decisions,
      Uint32Array.from(rows, (_, row) => row),
      target,
      1,
      2,
    )
  }

  it('deceives a model, but no estimator that weighs', () => {
    const blind = blindModel()
    const model = (left: number) => [blind.state(0, left), blind.state(0, left)]
    expect(targetValue(modelFail)).toBeCloseTo(0.8, 12)
    for (const name of ['is', 'pdis', 'doubly-robust']) {
      expect(enumerate(estimators.get(name), modelFail, model).mean, name).toBeCloseTo(0.8, 12)
    }
    for (const name of ['fqe', 'direct-method']) {
      expect(Math.abs(enumerate(estimators.get(name), modelFail, model).mean - 0.8), name).toBeGreaterThan(
        0.5,
      )
    }
  })
})
