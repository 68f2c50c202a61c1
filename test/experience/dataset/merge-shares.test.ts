import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError } from '../../../src/core/index.ts'
import { lintFiles, mergeShares, openRun, unionOf } from '../../../src/experience/index.ts'
import type { DatasetDescription, ExperienceRecord } from '../../../src/experience/record.ts'
import { temporaryDirectory, writeRun } from '../../learning/synthetic-run.ts'
import { recordedRun } from './dataset-runs.ts'

const SERVICE = 'cart-service'
const made = recordedRun({ decisions: 60 })

/** A share of a live run: decisions of its own numbering, instances in the order in which its client met them. */
function share(
  place: number,
  instances: readonly string[],
  records: readonly ExperienceRecord[] = made.records,
): string {
  const run = `run-${place}`
  const description: DatasetDescription = {
    ...made.description,
    run,
    world: 'live',
    observedBy: 'client',
    services: { [SERVICE]: instances },
  }
  return writeRun({ description, records: records.map((record) => ({ ...record, run })) })
}

async function merged(directories: readonly string[]): Promise<ExperienceRecord[]> {
  const out = temporaryDirectory()
  const { problems, leftOut } = await mergeShares({ directories, run: 'whole', out })
  expect({ problems, leftOut }).toEqual({ problems: [], leftOut: {} })
  // Whatever reads runs must be able to read this one.
  return [...openRun(out).records()]
}

const [a, b] = made.description.services[SERVICE] as [string, string]

describe('shares of a live run', () => {
  it('number their decisions by when they were made, and retries still name what they repeat', async () => {
    const shifted = (ms: number): ExperienceRecord[] =>
      made.records.map((record, i) => ({
        ...record,
        t: record.t + ms,
        outcome: { ...record.outcome!, retryOf: i === 7 ? 5 : null },
      }))
    const shares = [
      share(0, [a, b], shifted(0)),
      share(1, [a, b], shifted(0.25)),
      share(2, [a, b], shifted(0.5)),
    ]
    const records = (await merged(shares)).toSorted((x, y) => x.decision - y.decision)
    expect(records.map(({ decision }) => decision)).toEqual(records.map((_, i) => i))
    expect(records).toHaveLength(180)
    for (const [i, { t }] of records.entries()) if (i > 0) expect(t).toBeGreaterThanOrEqual(records[i - 1]!.t)
    expect(new Set(records.map(({ run }) => run))).toEqual(new Set(['whole']))
    const repeated = records.filter(({ outcome }) => outcome!.retryOf !== null)
    expect(repeated.map(({ outcome }) => records[outcome!.retryOf!]!.t)).toEqual(
      [0, 0.25, 0.5].map((ms) => made.records[5]!.t + ms),
    )
  })

  it('are sound in the eyes of the linter, and stand side by side in time', async () => {
    const out = temporaryDirectory()
    const later = made.records.map((record) => ({
      ...record,
      profile: 'second',
      t: Math.round(record.t * 1000 + 1) / 1000,
    }))
    await mergeShares({ directories: [share(0, [a, b]), share(1, [a, b], later)], run: 'whole', out })
    const [file] = lintFiles([out])
    expect(file!.findings.filter(({ level }) => level === 'fault')).toEqual([])
    const early = [...openRun(out).records()].slice(0, made.records.length)
    const ofSecond = early.filter(({ profile }) => profile === 'second').length
    expect(Math.abs(ofSecond - early.length / 2)).toBeLessThan(5)
  })

  it('have one list of instances, whoever met which of them first', async () => {
    const swapped = made.records.map((record): ExperienceRecord => {
      const turned = <Item>(items: readonly Item[]): Item[] => [...items].reverse()
      return {
        ...record,
        state: { ...record.state, instances: turned(record.state.instances) },
        next: record.next === null ? null : { ...record.next, instances: turned(record.next.instances) },
        action: { ...record.action!, index: 1 - record.action!.index },
        propensity: turned(record.propensity!),
      }
    })
    const records = await merged([share(0, [a, b]), share(1, [b, a], swapped)])
    const told = (place: number): unknown[] =>
      records.filter(({ decision }) => decision % 2 === place).map(({ decision: _, ...record }) => record)
    expect(told(1)).toEqual(told(0))
  })

  it('may have met other instances: of those nothing is known, and none was chosen', async () => {
    const alone = made.records.map(
      (record): ExperienceRecord => ({
        ...record,
        state: { ...record.state, instances: record.state.instances.slice(0, 1) },
        next: null,
        action: { index: 0, instance: 'cart-9' },
        propensity: [1],
      }),
    )
    const out = temporaryDirectory()
    await mergeShares({ directories: [share(0, [a, b]), share(1, ['cart-9'], alone)], run: 'whole', out })
    const run = openRun(out)
    expect(run.description.services).toEqual({ [SERVICE]: [a, b, 'cart-9'] })
    const { state, action, propensity } = [...run.records()].find(({ decision }) => decision === 1)!
    expect(state.instances).toEqual([null, null, made.records[0]!.state.instances[0]])
    expect([action, propensity]).toEqual([{ index: 2, instance: 'cart-9' }, [0, 0, 1]])
  })
})

it('may be empty, as a share of a small run can be', async () => {
  const records = await merged([share(0, [a, b], []), share(1, [a, b])])
  expect(records).toHaveLength(made.records.length)
})

it('leaves out lines that cannot be read, and says where', async () => {
  const broken = share(1, [a, b])
  const text = readFileSync(join(broken, 'experiences.jsonl'), 'utf8')
  const torn = writeRun(
    { description: JSON.parse(readFileSync(join(broken, 'dataset.json'), 'utf8')), records: [] },
    [...text.split('\n').slice(0, 3), '{"v":1,'],
  )
  const out = temporaryDirectory()
  const { problems, leftOut } = await mergeShares({ directories: [share(0, [a, b]), torn], run: 'w', out })
  expect(leftOut).toEqual({ garbage: 1 })
  expect(problems).toEqual([expect.stringContaining(`${join(torn, 'experiences.jsonl')}:4`)])
})

it('refuses shares of different kinds, by name', async () => {
  const other = writeRun({
    ...made,
    description: { ...made.description, world: 'live', observedBy: 'balancer' },
  })
  const attempt = mergeShares({ directories: [share(0, [a, b]), other], run: 'w', out: temporaryDirectory() })
  await expect(attempt).rejects.toThrow(DataError)
  await expect(attempt).rejects.toThrow('observedBy: not the same')
})

describe('unionOf', () => {
  it('has every item once, and knows where those of each list are', () => {
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'))), (lists) => {
        const { all, places } = unionOf(lists)
        expect(new Set(all)).toEqual(new Set(lists.flat()))
        expect(all).toHaveLength(new Set(all).size)
        for (const [i, list] of lists.entries()) expect(places[i]!.map((place) => all[place])).toEqual(list)
      }),
    )
  })
})
