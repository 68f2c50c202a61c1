import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ColumnBatch } from '../../../src/experience/columns/column-batch.ts'
import { ColumnWriter } from '../../../src/experience/columns/column-writer.ts'
import { RecordScanner } from '../../../src/experience/columns/record-scanner.ts'
import { openRun, type RecordedRun } from '../../../src/experience/read-records.ts'
import type { ExperienceRecord } from '../../../src/experience/record.ts'
import { syntheticRun, writeRun } from '../../learning/synthetic-run.ts'

const run = syntheticRun({ decisions: 40, speeds: [1, 0.5, 0.7] })
const { description } = run

/** Everything in a batch, texts in place of their numbers. */
function contentOf({ rows, texts, columns }: ColumnBatch): unknown {
  const named = ['phase', 'profile', 'route', 'policyId', 'policyVersion', 'failure']
  const entries = Object.entries(columns).map(([name, column]) => [
    name,
    named.includes(name) ? Array.from(column, (number) => texts[number] ?? null) : Array.from(column),
  ])
  return { rows, ...Object.fromEntries(entries) }
}

function columnsOf(records: readonly ExperienceRecord[]): unknown {
  const writer = new ColumnWriter(description)
  for (const [i, record] of records.entries()) writer.append(record, i + 1)
  return contentOf(writer.batch())
}

/** Of every batch its rows, and all else as a hash: comparing a million numbers one by one takes seconds. */
function readWhole(opened: RecordedRun, cache = true): unknown[] {
  return Array.from(opened.columns({ cache }), (batch) => {
    const hash = createHash('sha256').update(JSON.stringify(batch.texts))
    for (const column of Object.values(batch.columns)) hash.update(column)
    return { rows: batch.rows, hash: hash.digest('hex') }
  })
}

/** Whether the scanner takes the line, and what it makes of it. */
function scan(line: string): { taken: boolean; content: unknown } {
  const writer = new ColumnWriter(description)
  const scanner = new RecordScanner(description, writer)
  const bytes = Buffer.from(`${line}\n`)
  const taken = scanner.append(bytes, 0, bytes.length - 1, 1)
  return { taken, content: contentOf(writer.batch()) }
}

const usualNumber = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((value) => value / 1000),
  fc.integer({ min: 0, max: 10 ** 9 }).map((value) => value / 1e9),
)
const anyNumber = fc.oneof(
  usualNumber,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.bigInt({ min: 0n, max: 10n ** 15n }).map(Number),
)
const usualWord = fc.constantFrom('peak', 'quick-browser', '')
const anyWord = fc.oneof(usualWord, fc.constantFrom('é', 'a"b', 'back\\slash'), fc.string())

/** Records as our writer orders their fields. */
function recordOf(number: fc.Arbitrary<number>, word: fc.Arbitrary<string>): fc.Arbitrary<ExperienceRecord> {
  const known = fc.option(number, { nil: null })
  const row = fc.array(known, {
    minLength: description.instanceFeatures.length,
    maxLength: description.instanceFeatures.length,
  })
  const state = (rows: number) =>
    fc.record({
      context: fc.array(known, {
        minLength: description.contextFeatures.length,
        maxLength: description.contextFeatures.length,
      }),
      instances: fc.array(fc.option(row, { nil: null }), { minLength: rows, maxLength: 3 }),
    })
  const name = fc.option(word, { nil: null })

  return fc
    .record({
      decision: fc.nat(),
      trace: fc.oneof(
        { weight: 9, arbitrary: fc.constant('0123456789abcdef'.repeat(2)) },
        { weight: 1, arbitrary: fc.constant('Z'.repeat(32)) },
      ),
      hop: fc.nat(3),
      t: number,
      phase: name,
      profile: name,
      route: word,
      state: state(1),
      chosen: fc.boolean(),
      propensity: fc.option(fc.array(number, { maxLength: 3 }), { nil: null }),
      estimated: fc.boolean(),
      policy: fc.option(fc.record({ id: word, version: word }), { nil: null }),
      outcome: fc.option(
        fc.record({
          status: fc.constantFrom(0, 200, 503),
          latencyMs: number,
          queueMs: known,
          workMs: known,
          failure: fc.constantFrom(null, 'timeout'),
          retryOf: fc.option(fc.nat(), { nil: null }),
        }),
        { nil: null },
      ),
      rewards: fc.record({
        latency: known,
        error: known,
        throughput: known,
        balance: known,
        satisfaction: known,
      }),
      reward: known,
      next: fc.option(fc.tuple(number, state(0)), { nil: null }),
      done: fc.boolean(),
      truncated: fc.boolean(),
    })
    .map(
      (made) =>
        ({
          v: 1,
          run: description.run,
          decision: made.decision,
          trace: made.trace,
          hop: made.hop,
          t: made.t,
          phase: made.phase,
          profile: made.profile,
          service: 'cart-service',
          route: made.route,
          state: { context: made.state.context, instances: made.state.instances },
          action: made.chosen ? { index: 0, instance: 'cart-1' } : null,
          propensity: made.propensity,
          ...(made.estimated ? { propensityEstimated: true } : {}),
          policy: made.policy,
          outcome: made.outcome,
          rewards: made.outcome === null ? null : made.rewards,
          reward: made.outcome === null ? null : made.reward,
          next: made.next === null ? null : { dtMs: made.next[0], ...made.next[1] },
          done: made.done,
          truncated: made.truncated,
        }) as unknown as ExperienceRecord,
    )
}

const record = fc.oneof(recordOf(usualNumber, usualWord), recordOf(anyNumber, anyWord))

test('what is scanned is what JSON.parse reads, bit for bit', () => {
  let taken = 0
  fc.assert(
    fc.property(record, (made) => {
      const line = JSON.stringify(made)
      const scanned = scan(line)
      if (!scanned.taken) {
        expect(scanned.content).toEqual(columnsOf([]))
        return
      }
      taken++
      expect(scanned.content).toEqual(columnsOf([JSON.parse(line) as ExperienceRecord]))
    }),
    { numRuns: 600 },
  )
  expect(taken).toBeGreaterThan(40)
})

/** As the log writes them: no number has more decimals than nine. */
function written({ next, ...made }: ExperienceRecord): string {
  const { done, truncated, ...start } = made
  const ordered = {
    ...start,
    next: next && { dtMs: next.dtMs, context: next.context, instances: next.instances },
    done,
    truncated,
  }
  return JSON.stringify(ordered, (_, value: unknown) =>
    typeof value === 'number' ? Math.round(value * 1e9) / 1e9 : value,
  )
}

test('lines as our log writes them are all scanned', () => {
  for (const made of run.records) expect(scan(written(made)).taken).toBe(true)
})

test('a line that was damaged anywhere is taken only if JSON.parse reads the same', () => {
  const line = written(run.records[3]!)
  const edits = fc.tuple(
    fc.nat(line.length),
    fc.constantFrom('', ' ', '\r', '0', '9', '-', '.', 'e', '"', ',', '}', 'é'),
  )
  fc.assert(
    fc.property(edits, fc.boolean(), ([at, put], replace) => {
      const damaged = line.slice(0, at) + put + line.slice(replace ? at + 1 : at)
      const scanned = scan(damaged)
      if (!scanned.taken) {
        expect(scanned.content).toEqual(columnsOf([]))
        return
      }
      expect(scanned.content).toEqual(columnsOf([JSON.parse(damaged) as ExperienceRecord]))
    }),
    { numRuns: 1500 },
  )
})

const lines = run.records.map(written)
const shadowed = JSON.stringify({
  ...run.records[5],
  shadow: { policy: { id: 'x', version: '1' }, action: null, propensity: [] },
})

test('rows, problems and hash are those of the plain reader, whatever stands in the file', () => {
  const mixed = [
    ...lines.slice(0, 9),
    'garbage',
    '',
    '{"v":2}',
    shadowed,
    ` ${lines[12]}`,
    `${lines[13]}\r`,
    `${lines[14]} `,
    `${lines[15]},`,
    'null',
    ...lines.slice(20),
  ]
  const directory = writeRun(run, mixed)
  const [plain, fast] = [openRun(directory), openRun(directory)]
  const numbered = Array.from(plain.lines())
  expect(Array.from(fast.columns(), contentOf)).toMatchObject([
    {
      rows: numbered.length,
      line: numbered.map(({ number }) => number),
      decision: numbered.map(({ record }) => record.decision),
    },
  ])
  expect(fast.problems).toEqual(plain.problems)
  expect(fast.contentHash).toBe(plain.contentHash)
})

/** A run of more than a mebibyte, which is read in several chunks and batches, and cached. */
function largeRun(): string {
  const many = Array.from({ length: 4500 }, (_, i) => written({ ...run.records[i % 40]!, decision: i }))
  many[100] = 'garbage'
  return writeRun(run, many)
}

test('a cache is written beside the file, and is the file', () => {
  const directory = largeRun()
  const first = openRun(directory)
  const read = readWhole(first)
  expect(read).toHaveLength(2)
  expect(readdirSync(directory).sort()).toEqual([
    'dataset.json',
    'experiences.jsonl',
    'experiences.jsonl.bin',
  ])
  const second = openRun(directory)
  expect(readWhole(second)).toEqual(read)
  expect(second.problems).toEqual(first.problems)
  expect(second.contentHash).toBe(first.contentHash)
  expect(readWhole(openRun(directory), false)).toEqual(read)

  const moved = `${directory}-moved`
  renameSync(directory, moved)
  const third = openRun(moved)
  expect(readWhole(third)).toEqual(read)
  expect(third.problems.messages[0]).toContain(`${moved}/experiences.jsonl:101: garbage`)
  renameSync(moved, directory)
})

test('a cache is used only while it is fresh', () => {
  const directory = largeRun()
  const file = join(directory, 'experiences.jsonl')
  readWhole(openRun(directory))
  const stale = readFileSync(`${file}.bin`)

  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('"decision":7,', '"decision":8,')) // as long as before
  const decisions = Array.from(openRun(directory).columns(), ({ columns }) => columns.decision.slice(7, 9))
  expect(decisions[0]).toEqual(Float64Array.of(8, 8))
  expect(readFileSync(`${file}.bin`).equals(stale)).toBe(false)

  const { atime, mtime } = statSync(file)
  utimesSync(file, atime, mtime)
  readWhole(openRun(directory))
  writeFileSync(file, readFileSync(file, 'utf8').replace('"decision":9,', '"decision":3,'))
  utimesSync(file, atime, mtime) // as "rsync -t" and "tar" do
  const restored = Array.from(openRun(directory).columns(), ({ columns }) => columns.decision[9])
  expect(restored[0]).toBe(3)

  const dataset = JSON.parse(readFileSync(join(directory, 'dataset.json'), 'utf8')) as { run: string }
  writeFileSync(join(directory, 'dataset.json'), JSON.stringify({ ...dataset, run: 'other' }))
  const other = openRun(directory)
  expect(readWhole(other)).toEqual([])
  expect(other.problems.counts.get('run')).toBe(4499)
})

test.each([
  ['empty', 0],
  ['torn', 5000],
])('a cache that is %s is made anew', (_, size) => {
  const directory = largeRun()
  const cache = join(directory, 'experiences.jsonl.bin')
  const read = readWhole(openRun(directory))
  const whole = readFileSync(cache)
  writeFileSync(cache, whole.subarray(0, size))
  expect(readWhole(openRun(directory))).toEqual(read)
  expect(readFileSync(cache).equals(whole)).toBe(true)
})

test('reading that ends early leaves nothing behind, and an old cache as it is', () => {
  const directory = largeRun()
  for (const _ of openRun(directory).columns()) break
  expect(readdirSync(directory).sort()).toEqual(['dataset.json', 'experiences.jsonl'])
})

// Not by the mode of the folder: root, whom tests may run as, is stopped by none.
test.each([
  ['begun', `experiences.jsonl.bin.partial-${process.pid}`],
  ['put in its place', 'experiences.jsonl.bin'],
])('a cache that cannot be %s is no error, and there is none', (_, inTheWay) => {
  const directory = largeRun()
  const read = readWhole(openRun(directory), false)
  mkdirSync(join(directory, inTheWay))
  expect(readWhole(openRun(directory))).toEqual(read)
  expect(readdirSync(directory).sort()).toEqual(['dataset.json', 'experiences.jsonl', inTheWay])
})

test.skipIf('createZstdDecompress' in zlib)(
  'a form that this Node cannot read is an error that says so',
  () => {
    const directory = writeRun(run)
    const file = join(directory, 'experiences.jsonl')
    renameSync(file, `${file}.zst`)
    expect(() => [...openRun(directory).records()]).toThrow(/cannot read \.zst: use Node 22\.15 or later/)
  },
)

test('compressed files are read as they are, by either reader', () => {
  const plain = largeRun()
  const file = join(plain, 'experiences.jsonl')
  const directory = writeRun(run, [])
  writeFileSync(join(directory, 'experiences.jsonl.gz'), zlib.gzipSync(readFileSync(file)))
  renameSync(join(directory, 'experiences.jsonl'), join(directory, 'old'))
  const opened = openRun(directory)
  expect(readWhole(opened, false)).toEqual(readWhole(openRun(plain), false))
  expect(opened.contentHash).toBe(createHash('sha256').update(readFileSync(file)).digest('hex'))
  expect([...opened.records()]).toEqual([...openRun(plain).records()])
  for (const _ of opened.records()) break // a reader that stops early leaves no thread behind
  expect(existsSync(join(directory, 'experiences.jsonl.gz.bin'))).toBe(false)
})

test('a compressed file that is cut off is an error that says so, after what could be read', () => {
  const directory = writeRun(run)
  const whole = zlib.gzipSync(readFileSync(join(directory, 'experiences.jsonl')))
  const file = join(directory, 'experiences.jsonl.gz')
  writeFileSync(file, whole.subarray(0, whole.length / 2))
  expect(() => [...openRun(file).records()]).toThrow(
    /experiences\.jsonl\.gz: damaged \(unexpected end of file\)/,
  )
  expect(statSync(file).size).toBeGreaterThan(0)
})
