import { createHash } from 'node:crypto'
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DataError } from '../../src/core/index.ts'
import { openRun } from '../../src/experience/read-records.ts'
import { syntheticRun, writeRun } from '../learning/synthetic-run.ts'

const run = syntheticRun({ decisions: 20 })
const lines = run.records.map((record) => JSON.stringify(record))
const edited = (change: object) => JSON.stringify({ ...run.records[3], ...change })

test('reads every record, from the directory or the file', () => {
  const directory = writeRun(run)
  for (const path of [directory, join(directory, 'experiences.jsonl')]) {
    const opened = openRun(path)
    expect([...opened.records()]).toEqual(run.records)
    expect(opened.problems.total).toBe(0)
    const bytes = readFileSync(join(directory, 'experiences.jsonl'))
    expect(opened.contentHash).toBe(createHash('sha256').update(bytes).digest('hex'))
  }
})

test('a second reading starts anew', () => {
  const opened = openRun(writeRun(run, [...lines, 'garbage']))
  expect([...opened.records()]).toHaveLength(20)
  expect([...opened.records()]).toHaveLength(20)
  expect(opened.problems.total).toBe(1)
})

test.each([
  ['garbage', 'not json', /experiences\.jsonl:3: garbage/],
  ['foreign', '{"state":{},"action":"pod-1","reward":1}', /:3: foreign: no version "v"/],
  ['foreign', 'null', /:3: foreign/],
  ['version', edited({ v: 2 }), /:3: version: expected v 1, got 2/],
  ['run', edited({ run: 'other' }), /:3: run: dataset\.json is of run synthetic-.*, this line of other/],
  ['shape', edited({ service: 'constructor' }), /:3: shape: service: "constructor" is not in dataset\.json/],
  [
    'shape',
    edited({ action: { index: 2 } }),
    /:3: shape: action\.index: expected an integer from 0 to 1, got 2/,
  ],
  ['shape', edited({ state: { context: [1], instances: [] } }), /state\.context: expected 8 numbers, got 1/],
  ['shape', edited({ state: undefined }), /state\.context: expected a list/],
  ['shape', edited({ propensity: undefined }), /propensity: expected a list or null/],
  ['shape', edited({ action: undefined }), /action\.index: expected an integer from 0 to 1, got undefined/],
  [
    'shape',
    edited({
      state: { ...run.records[3]!.state, instances: run.records[3]!.state.instances.slice(0, 1) },
      action: { index: 1 },
    }),
    /action\.index: expected an integer from 0 to 0, got 1/,
  ],
  [
    'shape',
    edited({ state: { ...run.records[3]!.state, instances: [null, null, null] } }),
    /state\.instances: expected at most 2 rows, got 3/,
  ],
  ['shape', edited({ next: { ...run.records[3]!.next, instances: [null, [1]] } }), /next\.instances\[1\]/],
])('a line that is %s is left out, counted and named', (fault, line, message) => {
  const opened = openRun(writeRun(run, [...lines.slice(0, 2), line, ...lines.slice(2)]))
  expect([...opened.records()]).toEqual(run.records)
  expect([...opened.problems.counts]).toEqual([[fault, 1]])
  expect(opened.problems.messages[0]).toMatch(message)
})

test('what is not known, or was not there yet, is no fault', () => {
  const { state } = run.records[3]!
  const unknown = [
    edited({ action: null, propensity: null, policy: null }),
    edited({ propensity: null }),
    edited({ state: { ...state, instances: [null, null] } }),
    edited({
      state: { ...state, instances: state.instances.slice(0, 1) },
      action: { index: 0, instance: 'cart-1' },
    }),
    edited({ state: { ...state, instances: [] }, action: null }),
  ]
  const opened = openRun(writeRun(run, unknown))
  expect([...opened.records()].map((record) => JSON.stringify(record))).toEqual(unknown)
  expect(opened.problems.total).toBe(0)
})

test('a torn last line is told from garbage; a whole one without a newline counts', () => {
  const directory = writeRun(run)
  const file = join(directory, 'experiences.jsonl')
  appendFileSync(file, lines[0]!.slice(0, 100))
  const torn = openRun(directory)
  expect([...torn.records()]).toHaveLength(20)
  expect([...torn.problems.counts]).toEqual([['torn', 1]])
  expect(torn.problems.messages[0]).toContain(`${file}:21: torn`)

  writeFileSync(file, lines.join('\n'))
  const whole = openRun(directory)
  expect([...whole.records()]).toHaveLength(20)
  expect(whole.problems.total).toBe(0)
})

test('keeps ten messages and counts the rest', () => {
  const opened = openRun(
    writeRun(
      run,
      Array.from({ length: 50 }, () => 'x'),
    ),
  )
  expect([...opened.records()]).toHaveLength(0)
  expect(opened.problems.total).toBe(50)
  expect(opened.problems.messages).toHaveLength(10)
})

test('a missing or an empty file is an error that says how to fix it', () => {
  const directory = writeRun(run, [])
  expect(() => openRun(directory)).toThrow(/experiences\.jsonl: empty: .*loadgen run/)
  rmSync(join(directory, 'experiences.jsonl'))
  expect(() => openRun(directory)).toThrow(DataError)
  expect(() => openRun(directory)).toThrow(/experiences\.jsonl: no such file: .*loadgen run/)
})
