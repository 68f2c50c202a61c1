import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type FindingKind, lintFiles } from '../../../src/experience/dataset/index.ts'
import type { ExperienceRecord } from '../../../src/experience/record.ts'
import { type OldLine, oldLines, oldTime, recordedRun, writeOld, writeRecorded } from './dataset-runs.ts'

const run = recordedRun()
type Change = (record: ExperienceRecord, i: number) => object | string

/** Kinds that are found when the records are changed. */
function found(change: Change): { kinds: FindingKind[]; text: string } {
  const lines = run.records.map((record, i) => {
    const changed = change(record, i)
    return typeof changed === 'string' ? changed : JSON.stringify(changed)
  })
  return kindsIn(writeRecorded(run, lines))
}

function kindsIn(path: string): { kinds: FindingKind[]; text: string } {
  const [{ findings }] = lintFiles([path]) as [ReturnType<typeof lintFiles>[0]]
  const kinds = findings.filter(({ level }) => level === 'fault').map(({ kind }) => kind)
  return {
    kinds,
    text: findings.flatMap(({ kind, examples }) => examples.map((line) => `${kind} ${line}`)).join('\n'),
  }
}

/** Changes the record number 7, in line 8. */
const one =
  (change: (record: ExperienceRecord) => object | string): Change =>
  (record, i) =>
    i === 7 ? change(record) : record

test('good records have no faults', () => {
  expect(found((record) => record).kinds).toEqual([])
})

test.each<[FindingKind, RegExp, Change]>([
  ['garbage', /:8: /, one(() => 'garbage')],
  ['foreign', /:8: no version/, one(() => '{"a":1}')],
  ['version', /:8: expected v 1, got 2/, one((record) => ({ ...record, v: 2 }))],
  ['run', /:8: /, one((record) => ({ ...record, run: 'other' }))],
  ['shape', /:8: next: missing/, one((record) => ({ ...record, next: undefined }))],
  [
    'not-finite',
    /:8: NaN/,
    one((record) => JSON.stringify(record).replace(/"reward":[-\d.]+/, '"reward":NaN')),
  ],
  ['no-reward', /:8: reward: expected a number, got null/, one((record) => ({ ...record, reward: null }))],
  ['reward-sum', /:8: reward: 5, its parts make/, one((record) => ({ ...record, reward: 5 }))],
  ['no-propensity', /:8: propensity: null/, one((record) => ({ ...record, propensity: null }))],
  [
    'propensity-sum',
    /:8: propensity: sums to 1\.1/,
    one((record) => ({ ...record, propensity: [0.6, 0.5] })),
  ],
  ['propensity-length', /:8: propensity: 1 for 2/, one((record) => ({ ...record, propensity: [1] }))],
  [
    'propensity-chosen',
    /:8: propensity\[/,
    one((record) => ({ ...record, propensity: record.action!.index === 0 ? [0, 1] : [1, 0] })),
  ],
  ['time-backwards', /:8: t 0 of decision 7 is before t/, one((record) => ({ ...record, t: 0 }))],
  [
    'time-backwards',
    /:8: next\.dtMs: -1/,
    one((record) => ({ ...record, next: { ...record.next!, dtMs: -1 } })),
  ],
  ['duplicate', /:8: decision 6: also in line 7/, one((record) => ({ ...record, decision: 6 }))],
  [
    'unknown-instance',
    /:8: action\.instance: "gone": dataset\.json has cart-/,
    one((record) => ({ ...record, action: { ...record.action!, instance: 'gone' } })),
  ],
  [
    'self-loop',
    /in 100\.0 % of the decisions/,
    (record) => ({ ...record, next: record.next && { ...record.state, dtMs: record.next.dtMs } }),
  ],
  [
    'one-action',
    /cart-service: in 400/,
    (record) => ({ ...record, action: { index: 0, instance: 'cart-1' } }),
  ],
  [
    'reward-constant',
    /400 times -1/,
    (record) => ({ ...record, rewards: { ...record.rewards!, latency: -1, error: 0 }, reward: -1 }),
  ],
  [
    'reward-of-status',
    /200: 0, 503: -1|503: -1, 200: 0/,
    (record) => ({ ...record, rewards: { ...record.rewards!, latency: 0 }, reward: record.rewards!.error }),
  ],
  [
    'reward-sign',
    /rewards rise with the latency \(correlation 1\.00\)/,
    (record) => ({
      ...record,
      rewards: { ...record.rewards!, latency: 1, error: null },
      reward: record.outcome!.latencyMs,
    }),
  ],
  [
    'constant-state',
    /400 times the same/,
    (record) => ({
      ...record,
      state: run.records[0]!.state,
      next: record.next && { ...run.records[1]!.state, dtMs: 1 },
    }),
  ],
])('finds %s', (kind, message, change) => {
  const { kinds, text } = found(change)
  expect(kinds).toContain(kind)
  expect(
    text
      .split('\n')
      .filter((line) => line.startsWith(kind))
      .join('\n'),
  ).toMatch(message)
})

test('warns where failing fast pays', () => {
  const { text } = found((record, i) => {
    const failed = i % 3 === 0
    const rewards = {
      ...record.rewards!,
      latency: failed ? 0 : record.rewards!.latency! - 5,
      error: failed ? -1 : 0,
    }
    const status = failed ? 503 : 200
    return {
      ...record,
      outcome: { ...record.outcome!, status },
      rewards,
      reward: rewards.latency + rewards.error,
    }
  })
  expect(text).toMatch(/reward-of-failures .*failures are rewarded with -1\.000 on average/)
})

test('rows that are mixed from several faults are all told', () => {
  const { kinds } = found((record, i) =>
    i % 4 === 0
      ? record
      : i % 4 === 1
        ? { ...record, v: 3 }
        : i % 4 === 2
          ? 'x'
          : { ...record, propensity: null },
  )
  expect(kinds).toEqual(expect.arrayContaining(['version', 'garbage', 'no-propensity']))
})

test('a last line that is cut off is torn', () => {
  const directory = writeRecorded(run)
  appendFileSync(join(directory, 'experiences.jsonl'), '{"v":1,"ru')
  expect(kindsIn(directory)).toMatchObject({
    kinds: ['torn'],
    text: expect.stringContaining(':401: the last line'),
  })
})

test('an empty run, and one without its description', () => {
  expect(kindsIn(writeRecorded(run, [])).kinds).toEqual(['empty'])
  const directory = writeRecorded(run)
  rmSync(join(directory, 'dataset.json'))
  expect(kindsIn(directory).kinds).toEqual(['dataset'])
  expect(() => lintFiles(['/no/such'])).toThrow(/no such file/)
})

test('a file that is neither is foreign', () => {
  expect(kindsIn(writeOld(['{"a":1}', '{"b":2}'])).kinds).toEqual(['foreign'])
})

function foundInOld(change: (line: OldLine, i: number) => OldLine | string) {
  return kindsIn(writeOld(oldLines(200).map(change)))
}

test('the predecessor’s records have the faults that they are known for', () => {
  const { kinds, text } = foundInOld((line) => line)
  const known: FindingKind[] = [
    'reward-of-status',
    'no-propensity',
    'foreign-state',
    'self-loop',
    'stale-state',
  ]
  expect([...kinds].sort()).toEqual([...known].sort())
  expect(text).toMatch(/foreign-state .*:1: cart-service-6d9-x1 stands first, routed was order-service/)
})

test.each<[FindingKind, RegExp, (line: OldLine) => OldLine | string]>([
  ['no-action', /:8: action: expected the name/, (line) => ({ ...line, action: null })],
  ['no-reward', /:8: reward: expected a number, got "1"/, (line) => ({ ...line, reward: '1' })],
  ['shape', /:8: next_state\.metrics/, (line) => ({ ...line, next_state: null })],
  [
    'time',
    /:8: state\.timestamp: expected ISO/,
    (line) => ({ ...line, state: { ...line.state, timestamp: null } }),
  ],
  [
    'time',
    /:8: state\.timestamp: milliseconds/,
    (line) => ({ ...line, state: { ...line.state, timestamp: 1_770_000_000_000 } }),
  ],
  [
    'not-finite',
    /:8: NaN/,
    (line) => JSON.stringify({ ...line, reward: 0 }).replace('"reward":0', '"reward":NaN'),
  ],
  ['garbage', /:8: /, () => 'x'],
  ['foreign', /:8: /, () => '{"v":1}'],
  ['unknown-instance', /:8: action gone/, (line) => ({ ...line, action: 'gone' })],
  [
    'missing-metric',
    /:8: state\.metrics\.pod: no jvmMemoryUsagePercent/,
    (line) => ({ ...line, state: { ...line.state, metrics: { pod: { cpuUsagePercent: 1 } } } }),
  ],
  [
    'out-of-range',
    /:8: .*jvmMemoryUsagePercent: -4800/,
    (line) => ({ ...line, state: { ...line.state, metrics: { pod: { jvmMemoryUsagePercent: -4800 } } } }),
  ],
  [
    'time-backwards',
    /:8: logged before the line before/,
    (line) => ({ ...line, metadata: { ...line.metadata!, timestamp: oldTime(0) } }),
  ],
])('finds %s in the predecessor’s file', (kind, message, change) => {
  const { text } = foundInOld((line, i) => (i === 7 ? change(line) : line))
  expect(
    text
      .split('\n')
      .filter((line) => line.startsWith(kind))
      .join('\n'),
  ).toMatch(message)
})

test('finds what no single line of the predecessor shows', () => {
  const [first] = oldLines(1)
  const { metrics } = first!.state
  expect(foundInOld((line) => ({ ...line, reward: 1 })).kinds).toContain('reward-constant')
  expect(foundInOld((line, i) => (i === 8 ? oldLines(8)[7]! : line)).kinds).toContain('duplicate')
  expect(foundInOld((line) => ({ ...line, state: { ...line.state, metrics } })).kinds).toContain(
    'constant-state',
  )
  const always = (line: OldLine): OldLine => ({ ...line, action: String(line.action).replace(/2$/, '1') })
  expect(foundInOld(always).kinds).toContain('one-action')
  const blank = foundInOld((line, i) => (i === 7 ? '' : line))
  expect(blank.text).toMatch(/blank .*:8: 1 blank/)
  const rollout = foundInOld((line, i) =>
    i < 100 ? (JSON.parse(JSON.stringify(line).replaceAll('-6d9-', '-5c8-')) as OldLine) : line,
  )
  expect(rollout.text).toMatch(/vanished-instance .*: cart-service-5c8-x1/)
  const quiet = foundInOld((line, i) =>
    i === 0 ? (JSON.parse(JSON.stringify(line).replaceAll('order-', 'rare-')) as OldLine) : line,
  )
  expect(quiet.kinds).not.toContain('vanished-instance')
  const file = writeOld(oldLines(20))
  writeFileSync(file, `\uFEFF${readFileSync(file, 'utf8')}`)
  expect(kindsIn(file).text).toMatch(/garbage .*:1: a byte-order mark/)
})
