import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DataError, EXIT_INTERRUPTED, UsageError, WorldError } from '../../../src/core/index.ts'
import { writeComparison } from '../../../src/report/index.ts'
import type { Scenario } from '../../../src/scenario/index.ts'
import {
  type ComparePoliciesOptions,
  type Comparison,
  ComparisonInterrupted,
  comparePolicies,
  identityOf,
  judgingSeeds,
  openComparisonDirectory,
} from '../../../src/study/index.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'

const scenario: Scenario = {
  ...smallScenario,
  phases: [phaseOf({ users: 4, rampUpMs: 0, pace: 4, durationMs: 20_000 })],
}
const seeds = judgingSeeds(scenario, 3)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadgen-compare-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(options: Partial<ComparePoliciesOptions> & { scenario?: Scenario } = {}): Promise<Comparison> {
  const source = { file: 'small.yaml', dialect: 'native' as const, conversions: [] }
  const { scenario: own = scenario, ...rest } = options
  return comparePolicies({
    loaded: { scenario: own, source } as unknown as ComparePoliciesOptions['loaded'],
    policies: ['round-robin', 'least-outstanding'],
    seeds,
    jobs: 1,
    ...rest,
  })
}

/** How many replays were really made. */
async function made(options: Parameters<typeof run>[0]): Promise<number> {
  let count = 0
  await run({ ...options, onResult: () => count++ })
  return count
}

describe('comparePolicies', () => {
  it('has every policy and the oracle over the same seeds, and says what it is of', async () => {
    const comparison = await run()
    expect(comparison).toMatchObject({ version: 1, world: 'virtual', referenceBy: 'best', seeds })
    expect(comparison.scenario).toMatchObject({ name: scenario.name, source: 'small.yaml' })
    expect(comparison.rows.map(({ policy }) => policy).sort()).toEqual([
      'least-added-delay',
      'least-outstanding',
      'round-robin',
    ])
    expect(comparison.results).toHaveLength(9)
    for (const row of comparison.rows) {
      expect(row.toBound!.ratio).toBeGreaterThanOrEqual(1)
      expect(row.goodputPerSecond).toBeGreaterThan(0)
      expect(row.fairness).toBeLessThanOrEqual(1)
    }
  })

  it('goes on where it was: what is known is not replayed, and comes to the same', async () => {
    const cacheDir = join(folder, 'cache')
    const told: number[][] = []
    const fresh = await run({ cacheDir })
    const again = await run({ cacheDir, onStart: (...counts) => told.push(counts) })
    expect(again).toEqual(fresh)
    expect(told).toEqual([[0, 9]])
    expect(await made({ cacheDir, seeds: judgingSeeds(scenario, 4) })).toBe(3)
    // Another name for the same policy is the same policy; other evaluation settings change no replay.
    expect(await made({ cacheDir, policies: ['least-outstanding', 'round-robin'] })).toBe(0)
    const other = { ...scenario, evaluation: { policies: ['random'], seeds: 2 } }
    expect(await made({ cacheDir, scenario: other })).toBe(0)
    expect(await made({ cacheDir, scenario: { ...scenario, timeScale: 2 } })).toBe(9)
  })

  it('replays what is damaged', async () => {
    const cacheDir = join(folder, 'damaged')
    await run({ cacheDir })
    const inner = join(cacheDir, readdirSync(cacheDir)[0]!)
    const [first, second] = readdirSync(inner)
    writeFileSync(join(inner, first!), readFileSync(join(inner, first!), 'utf8').slice(0, 100))
    writeFileSync(
      join(inner, second!),
      readFileSync(join(inner, second!), 'utf8').replace('"seed":', '"sead":'),
    )
    expect(await made({ cacheDir })).toBe(2)
    expect(await made({ cacheDir })).toBe(0)
  })

  it('keeps what is done when it is interrupted', async () => {
    const cacheDir = join(folder, 'interrupted')
    const stop = new AbortController()
    let done = 0
    const stopped = run({
      cacheDir,
      signal: stop.signal,
      onResult: () => {
        if (++done === 4) stop.abort()
      },
    })
    await expect(stopped).rejects.toThrow(ComparisonInterrupted)
    await expect(stopped).rejects.toMatchObject({ exitCode: EXIT_INTERRUPTED })
    await expect(stopped).rejects.toThrow(/interrupted after 4 of 9 replays: .* the same command goes on/)
    expect(await made({ cacheDir })).toBe(5)
  })

  it('calls policies by their labels', async () => {
    const comparison = await run({
      labels: { 'round-robin': 'in turns' },
      reference: 'round-robin',
      oracle: false,
    })
    expect(comparison).toMatchObject({ reference: 'in turns', referenceBy: 'named', oracle: null })
    expect(comparison.rows.map(({ policy, kind }) => `${policy}: ${kind}`).sort()).toEqual([
      'in turns: heuristic',
      'least-outstanding: heuristic',
    ])
    const labels = { 'round-robin': 'x', 'least-outstanding': 'x' }
    await expect(run({ labels })).rejects.toThrow(/two of the policies are called "x"/)
  })

  it.each([
    [{ policies: ['leest-outstanding'] }, UsageError, /did you mean "least-outstanding"/],
    [{ policies: [] }, UsageError, /nothing to compare: name policies/],
    [{ seeds: [] }, UsageError, /no seed to compare by/],
    [{ policies: ['least-work-left'], world: 'live' as const }, UsageError, /is an oracle/],
    [{ policies: ['least-work-left'] }, WorldError, /only models and oracles are there/],
    [{ scenario: { ...scenario, maxEvents: 50 } }, WorldError, /was stopped: the budget of 50 events/],
    [{ cacheDir: '/proc/nowhere' }, WorldError, /replays cannot be kept there/],
  ])('refuses %o', async (options, kind, message) => {
    const refused = run(options)
    await expect(refused).rejects.toThrow(kind)
    await expect(refused).rejects.toThrow(message)
  })
})

describe('the directory of a comparison', () => {
  it('takes more of the same: what was there counts as if it had been made now', async () => {
    const out = join(folder, 'merged')
    const first = await run({ policies: ['round-robin', 'random'] })
    expect(openComparisonDirectory(out, identityOf(scenario, 'virtual'))).toEqual([])
    await writeComparison(out, first)
    const known = openComparisonDirectory(out, identityOf(scenario, 'virtual'))
    expect(known).toEqual(first.results)
    const both = await run({ known })
    expect(both.rows).toEqual((await run({ policies: ['round-robin', 'random', 'least-outstanding'] })).rows)
    await expect(run({ known, seeds: seeds.slice(1) })).rejects.toThrow(/cannot be paired/)
  })

  it('holds nothing of another scenario, reward, world or program', async () => {
    const out = join(folder, 'other')
    await writeComparison(out, await run())
    const open =
      (other: Scenario, world: 'virtual' | 'live' = 'virtual') =>
      () =>
        openComparisonDirectory(out, identityOf(other, world))
    expect(open(scenario)).not.toThrow()
    expect(open({ ...scenario, name: 'large' })).toThrow(DataError)
    expect(open({ ...scenario, name: 'large' })).toThrow(/scenario .*, not large.*: name another --out/)
    expect(open(scenario, 'live')).toThrow(/world virtual, not live/)
    expect(open({ ...scenario, reward: { ...scenario.reward, targetLatencyMs: 1 } })).toThrow(
      /another reward/,
    )
    expect(open({ ...scenario, timeScale: 3 })).toThrow(/scenario hash [0-9a-f]{12}, not [0-9a-f]{12}/)
    const file = join(out, 'comparison.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"program": "[^"]+"/, '"program": "0.0.9+abc"'))
    expect(open(scenario)).toThrow(/program 0.0.9\+abc, not /)
    writeFileSync(file, '{"version": 1')
    expect(open(scenario)).toThrow(/comparison.json: not JSON/)
    writeFileSync(file, '{"hello": 1}')
    expect(open(scenario)).toThrow(/is no comparison of this release/)
  })

  it('must be one that can be written', () => {
    const identity = identityOf(scenario, 'virtual')
    const file = join(folder, 'file')
    writeFileSync(file, '')
    expect(() => openComparisonDirectory(file, identity)).toThrow(/cannot be written there \(it is a file\)/)
    expect(() => openComparisonDirectory('/proc/nowhere', identity)).toThrow(/choose another with --out/)
    expect(existsSync('/proc/nowhere')).toBe(false)
  })
})
