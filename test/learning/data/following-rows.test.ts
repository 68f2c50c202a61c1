import { expect, test } from 'vitest'
import type { ExperienceRecord } from '../../../src/experience/index.ts'
import { DecisionLog } from '../../../src/learning/data/decision-log.ts'
import { followingRows } from '../../../src/learning/data/following-rows.ts'
import { stateFeatures } from '../../../src/learning/encoders/encoded-features.ts'
import { FeatureReader } from '../../../src/learning/encoders/feature-reader.ts'
import { syntheticRun } from '../synthetic-run.ts'

const { records } = syntheticRun({ decisions: 6 })

function followingOf(
  list: readonly ExperienceRecord[],
  rows = list.map((_, row) => row),
  run = (_: number) => 0,
) {
  const log = new DecisionLog(new FeatureReader(stateFeatures.all.slice(0, 1), []))
  for (const [i, record] of list.entries()) log.append(run(i), record)
  return [...followingRows(log, Uint32Array.from(rows))]
}

test('a decision is followed by the next of its service, wherever its line stands', () => {
  expect(followingOf(records)).toEqual([1, 2, 3, 4, 5, -1])
  // Places in the list of rows, not rows.
  expect(followingOf(records, [5, 3, 4, 0, 1, 2])).toEqual([-1, 2, 0, 4, 5, 1])
  expect(followingOf([...records].reverse())).toEqual([-1, 0, 1, 2, 3, 4])
})

test('nothing follows across a missing decision, the end of a split or of the process, or where nobody knows', () => {
  expect(followingOf(records.toSpliced(2, 1))).toEqual([1, -1, 3, 4, -1])
  expect(followingOf(records, [0, 1, 2])).toEqual([1, 2, -1])
  expect(followingOf(records.with(1, { ...records[1]!, done: true }))).toEqual([1, -1, 3, 4, 5, -1])
  expect(followingOf(records.with(1, { ...records[1]!, next: null }))).toEqual([1, -1, 3, 4, 5, -1])
})

test('services and runs do not mix', () => {
  const other = syntheticRun({ decisions: 6, service: 'other' }).records
  expect(followingOf([records[0]!, other[0]!, records[1]!, other[1]!])).toEqual([2, 3, -1, -1])
  expect(followingOf(records.slice(0, 4), undefined, (i) => i % 2)).toEqual([-1, -1, -1, -1])
})
