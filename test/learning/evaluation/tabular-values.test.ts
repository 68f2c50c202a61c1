import { describe, expect, it } from 'vitest'
import { CrossFitting } from '../../../src/learning/evaluation/cross-fitted-values.ts'
import { CUT, cutTrajectories, ENDED } from '../../../src/learning/evaluation/cut-trajectories.ts'
import { MODEL_FEATURES } from '../../../src/learning/evaluation/read-decisions.ts'
import { type EncodedDecisions, TabularValues } from '../../../src/learning/evaluation/tabular-values.ts'
import { targetChoices } from '../../../src/learning/evaluation/target-choices.ts'
import { policyFactory } from '../../../src/routing/index.ts'
import { syntheticRun } from '../synthetic-run.ts'
import { recorded } from './recorded.ts'

/** Two candidates each, of the classes 0 and 1; state 0 unless told otherwise. */
function decisionsOf(
  rows: readonly { chosen: number; reward: number; next: number; state?: number }[],
): EncodedDecisions {
  return {
    states: 2,
    classes: 2,
    state: Int32Array.from(rows, ({ state = 0 }) => state),
    starts: Int32Array.from({ length: rows.length + 1 }, (_, row) => 2 * row),
    classOf: Int32Array.from({ length: 2 * rows.length }, (_, k) => k % 2),
    chosen: Int32Array.from(rows, ({ chosen }) => chosen),
    reward: Float64Array.from(rows, ({ reward }) => reward),
    next: Int32Array.from(rows, ({ next }) => next),
  }
}

const all = ({ state }: EncodedDecisions) => Uint32Array.from(state, (_, row) => row)

describe('the table', () => {
  it('by hand: means of rewards, and of what the target makes of the next decision', () => {
    const decisions = decisionsOf([
      { chosen: 0, reward: 1, next: 1 },
      { chosen: 1, reward: 4, next: ENDED },
      { chosen: 0, reward: 3, next: ENDED },
      { chosen: 1, reward: 100, next: CUT },
    ])
    const target = Float64Array.of(0.5, 0.5, 0.25, 0.75, 0.5, 0.5, 0.5, 0.5)
    const values = new TabularValues(decisions, all(decisions), target, 0.5, 2)
    expect(values.logged(0, 1)).toBe(2)
    expect(values.logged(1, 1)).toBe(52)
    // One of the two with class 0 goes on, to 0.25 x 2 + 0.75 x 52; what is cut off counts for one decision only.
    expect(values.logged(0, 2)).toBe((1 + 0.5 * 39.5 + 3) / 2)
    expect(values.logged(1, 2)).toBe(4)
    expect(values.state(0, 1)).toBe(27)
  })

  it('says which choices it has not seen, and guesses the mean for them', () => {
    const decisions = decisionsOf([
      { chosen: 0, reward: 1, next: ENDED },
      { chosen: 0, reward: 3, next: ENDED },
      { chosen: 0, reward: 7, next: ENDED, state: 1 },
    ])
    const target = Float64Array.of(0.25, 0.75, 0.25, 0.75, 0.25, 0.75)
    const values = new TabularValues(decisions, Uint32Array.of(0, 1), target, 1, 1)
    expect(values.seenShare(0)).toBe(0.25)
    expect(values.state(0, 1), 'the mean of its state').toBe(2)
    expect(values.seenShare(2)).toBe(0)
    expect(values.state(2, 1), 'the mean of all').toBe(2)
  })
})

describe('cross-fitting', () => {
  it('judges no decision by its own rewards', () => {
    const run = syntheticRun({ decisions: 400 })
    const valuesWith = (reward: number) => {
      const records = run.records.map((record, i) => (i === 7 ? { ...record, reward } : record))
      const decisions = recorded({ records })
      const trajectories = cutTrajectories(decisions, 'time', 1)
      const fitting = new CrossFitting(decisions, trajectories, MODEL_FEATURES.state, MODEL_FEATURES.instance)
      const { probability } = targetChoices(decisions, policyFactory('random'))
      return { ...fitting.valuesOf(probability, 1, 1).values, rows: Array.from(trajectories.rows) }
    }
    const usual = valuesWith(run.records[7]!.reward!)
    const odd = valuesWith(-1e6)
    const at = usual.rows.indexOf(7)
    expect(odd.logged[at]).toBe(usual.logged[at])
    expect(odd.state[at]).toBe(usual.state[at])
    expect(odd.logged, 'but others by it').not.toEqual(usual.logged)
  })
})
