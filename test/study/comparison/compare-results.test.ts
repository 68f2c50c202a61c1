import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataError, WorldError } from '../../../src/core/index.ts'
import { compareResults, kindOf, type ReplayResult } from '../../../src/study/index.ts'
import { failing, replayResults } from '../replay-result.ts'

const HEURISTICS = [
  ...replayResults('round-robin', 50, 60, 70, 64),
  ...replayResults('least-outstanding', 40, 50, 60, 55),
]
const ORACLE = replayResults('least-added-delay', 20, 26, 29, 27)
const MODEL = replayResults('model:a', 31, 38, 46, 40)
const ALL = [...HEURISTICS, ...ORACLE, ...MODEL]

function tableOf(results: readonly ReplayResult[], options: { reference?: string; family?: string[] } = {}) {
  return compareResults(results, { kindOf, ...options })
}

function rowOf(table: ReturnType<typeof tableOf>, policy: string) {
  return table.rows.find((row) => row.policy === policy)!
}

describe('the opponent', () => {
  it('is the best heuristic, never a model or an oracle', () => {
    expect(tableOf(ALL)).toMatchObject({
      reference: 'least-outstanding',
      oracle: 'least-added-delay',
      seeds: [100, 101, 102, 103],
      family: ['round-robin', 'model:a'],
    })
  })

  it('is the one that was asked for, if one was', () => {
    const table = tableOf(ALL, { reference: 'model:a' })
    expect(table.reference).toBe('model:a')
    expect(rowOf(table, 'model:a')).toMatchObject({ ratio: 1, ratioLow: 1, ratioHigh: 1, verdict: null })
    expect(rowOf(table, 'least-outstanding').verdict).toBe('worse')
  })

  it('has to be there', () => {
    expect(() => tableOf([...MODEL, ...ORACLE])).toThrow(WorldError)
    expect(() => tableOf([...MODEL, ...ORACLE])).toThrow(/only models and oracles are there; add a policy/)
  })

  it('is the better of the oracles for what is left to be had', () => {
    const careful = replayResults('circuit-breaker(least-added-delay)', 19, 25, 28, 26)
    expect(tableOf([...ALL, ...careful]).oracle).toBe('circuit-breaker(least-added-delay)')
    expect(tableOf(HEURISTICS).oracle).toBeNull()
  })
})

describe('the gap', () => {
  it('is 0 for the reference and 1 for the oracle, and the share of it in between', () => {
    const table = tableOf(ALL)
    const closed = rowOf(table, 'model:a').gapClosed!
    expect(closed.mean).toBeCloseTo((205 - 155) / (205 - 102), 12)
    expect(closed.low).toBeLessThan(closed.mean)
    expect(closed.high).toBeGreaterThan(closed.mean)
    expect(rowOf(table, 'least-outstanding').gapClosed!.mean).toBe(0)
    expect(rowOf(table, 'least-added-delay').gapClosed!.mean).toBe(1)
    expect(rowOf(table, 'round-robin').gapClosed!.mean).toBeLessThan(0)
  })

  it('is unknown where the oracle is not shown to be better', () => {
    const lucky = replayResults('least-added-delay', 41, 49, 59, 56)
    const table = tableOf([...HEURISTICS, ...lucky, ...MODEL])
    expect(rowOf(table, 'model:a').gapClosed).toBeNull()
    expect(rowOf(table, 'model:a').toOracle!.ratio).toBeLessThan(1)
    expect(rowOf(tableOf([...HEURISTICS, ...MODEL]), 'model:a')).toMatchObject({
      gapClosed: null,
      toOracle: null,
    })
  })
})

describe('the bound', () => {
  it('is over each run, and the lowest of all policies beside the table', () => {
    const table = tableOf(ALL)
    expect(table.boundMs).toBe(11.5)
    const products = [31 / 10, 38 / 11, 46 / 12, 40 / 13].reduce((product, ratio) => product * ratio, 1)
    expect(rowOf(table, 'model:a').toBound!.ratio).toBeCloseTo(products ** 0.25, 12)
  })

  it('is none where requests failed, and where nobody knows the work', () => {
    const broken = tableOf([...HEURISTICS, ...failing(MODEL, 0.01, 1000)])
    expect(broken.boundMs).toBeNull()
    expect(rowOf(broken, 'model:a').toBound).toBeNull()
    expect(rowOf(broken, 'round-robin').toBound).not.toBeNull()
    const live = tableOf(HEURISTICS.map((result) => ({ ...result, boundMs: Number.NaN })))
    expect([live.boundMs, rowOf(live, 'round-robin').toBound]).toEqual([null, null])
  })
})

describe('verdicts', () => {
  it('need to hold although others were tried: p-values are corrected over the family', () => {
    const table = tableOf(ALL)
    for (const policy of ['round-robin', 'model:a']) {
      const { pValue, adjustedPValue, verdict } = rowOf(table, policy)
      expect(adjustedPValue).toBeGreaterThanOrEqual(pValue)
      expect(adjustedPValue).toBeLessThanOrEqual(2 * pValue)
      expect(verdict).toBe(policy === 'model:a' ? 'better' : 'worse')
    }
    expect(rowOf(table, 'least-outstanding')).toMatchObject({ pValue: Number.NaN, verdict: null })
    expect(rowOf(table, 'least-added-delay')).toMatchObject({ adjustedPValue: Number.NaN, verdict: null })
  })

  it('are lost in a crowd: what one test would show, twenty do not', () => {
    const close = replayResults('model:a', 36, 48, 57, 51)
    const crowd = Array.from({ length: 20 }, (_, i) => replayResults(`model:${i}`, 41, 49, 61, 54)).flat()
    const alone = rowOf(tableOf([...HEURISTICS, ...close]), 'model:a')
    const among = rowOf(tableOf([...HEURISTICS, ...close, ...crowd]), 'model:a')
    expect([alone.pValue, alone.verdict]).toEqual([among.pValue, 'better'])
    expect(among.verdict).toBe('no difference shown')
  })

  it('are not given with one seed', () => {
    const one = ALL.filter(({ seed }) => seed === 100)
    const row = rowOf(tableOf(one), 'model:a')
    expect(row).toMatchObject({ ratioLow: Number.NaN, pValue: Number.NaN, verdict: 'no difference shown' })
    expect(row.ratio).toBeCloseTo(31 / 40, 12)
    expect(row.gapClosed!.mean).toBeCloseTo(9 / 20, 12)
  })

  it('do not depend on the order of results', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(ALL, { minLength: ALL.length }), (shuffled) => {
        expect(tableOf(shuffled).rows).toEqual(tableOf(ALL).rows)
      }),
      { numRuns: 20 },
    )
  })
})

describe('what cannot be compared', () => {
  it('is a run without a request', () => {
    const empty = HEURISTICS.map((result) => ({
      ...result,
      requests: 0,
      penalizedLatencyMs: Number.NaN,
    }))
    expect(() => tableOf(empty)).toThrow(
      /"round-robin" had no request with seed 100: give the scenario users/,
    )
  })

  it('are results over different seeds', () => {
    expect(() => tableOf(ALL.slice(1))).toThrow(DataError)
    expect(() => tableOf(ALL.slice(1))).toThrow(
      /"round-robin" has the seeds 101, 102, 103, "least-outstanding" has 100, 101, 102, 103/,
    )
  })

  it('is not a run in which everything failed: its latencies are unknown, and its penalty is not', () => {
    const lost = replayResults('random', 1, 1, 1, 1).map((result) => ({
      ...result,
      errorRate: 1,
      penalizedLatencyMs: 10_000,
      meanLatencyMs: Number.NaN,
      p95LatencyMs: Number.NaN,
    }))
    const row = rowOf(tableOf([...HEURISTICS, ...lost]), 'random')
    expect(row.meanLatencyMs).toBeNaN()
    expect(row.ratios.p95).toEqual({ ratio: Number.NaN, low: Number.NaN, high: Number.NaN })
    expect(row.verdict).toBe('worse')
    expect(row.ratio).toBeGreaterThan(100)
  })
})
