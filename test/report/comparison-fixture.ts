/** A comparison as it could have been: four heuristics, a model, an oracle, and a fault for a while. */
import { type Comparison, compareResults, kindOf, type ReplayResult } from '../../src/study/index.ts'
import { failing, replayResults } from '../study/replay-result.ts'

/** A policy that sends such a share to the faulty instance while the fault lasts. */
function withFault(results: readonly ReplayResult[], share: number): ReplayResult[] {
  const sent = Array.from({ length: 20 }, () => 1000)
  const toFaulty = sent.map((count, i) => count * (i >= 8 && i < 14 ? share : 0.25))
  const windows = [{ startMs: 80_000, endMs: 140_000 }]
  return results.map((result) => ({
    ...result,
    faultyShare: { bucketMs: 10_000, sent, toFaulty, evenShare: 0.25, windows },
  }))
}

const CALM = [
  ...withFault(replayResults('round-robin', 52, 61, 70, 66), 0.25),
  ...withFault(replayResults('least-outstanding', 40, 50, 60, 55), 0.42),
  ...withFault(replayResults('circuit-breaker(least-outstanding)', 40.4, 49.5, 60.9, 55.2), 0.03),
  ...withFault(replayResults('c3', 43, 50, 62, 60), 0.31),
  ...withFault(replayResults('least-added-delay', 20, 26, 29, 27), 0.1),
  ...withFault(replayResults('model:models/cql', 31, 38, 46, 40), 0.02),
]

export const COMPARISON = comparisonOf(CALM)

/** The same, where all but the model and the breaker let requests fail. */
export const FAILING_COMPARISON = comparisonOf([
  ...CALM.filter(({ policy }) => /^(circuit|model)/.test(policy)),
  ...failing(
    CALM.filter(({ policy }) => !/^(circuit|model)/.test(policy)),
    0.03,
    5_000,
  ),
])

/** With one seed nothing is shown. */
export const ONE_SEED_COMPARISON = comparisonOf(CALM.filter(({ seed }) => seed === 100))

export function comparisonOf(results: readonly ReplayResult[]): Comparison {
  return {
    version: 1,
    scenario: { name: 'fail-fast', hash: 'ab'.repeat(32), source: 'fail-fast.yaml' },
    replayedHash: 'cd'.repeat(32),
    world: 'virtual',
    reward: { targetLatencyMs: 100, weights: {} } as unknown as Comparison['reward'],
    program: '0.1.0+0123456789ab',
    referenceBy: 'best',
    sloMs: 400,
    ...compareResults(results, { kindOf }),
    results,
  }
}
