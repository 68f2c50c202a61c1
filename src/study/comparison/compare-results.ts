/**
 * Paired results made into a table: ratios to the best opponent with intervals, what is left to the oracle and to the
 * bound, and verdicts that hold although many policies were tried. What is compared is the penalized latency, so that
 * failing fast wins nothing.
 */
import { DataError, WorldError } from '../../core/index.ts'
import {
  holm,
  type MeanInterval,
  pairedLogRatio,
  pairedLogTest,
  type RatioInterval,
  ratioOfMeans,
} from '../../stats/index.ts'
import type { ReplayResult } from '../replay.ts'
import type { ComparedKind, ComparisonRow, ComparisonTable, ComparisonVerdict } from './comparison.ts'

const SIGNIFICANT = 0.05
const UNKNOWN: RatioInterval = { ratio: Number.NaN, low: Number.NaN, high: Number.NaN }

export interface CompareResultsOptions {
  readonly kindOf: (policy: string) => ComparedKind
  /** The reference, if it is not to be chosen among the heuristics. */
  readonly reference?: string | undefined
  /** Over which p-values are corrected; all but the reference and the oracles if not given. */
  readonly family?: readonly string[]
}

/** The numbers of one policy, each by seed. */
type Columns = ReadonlyMap<string, readonly ReplayResult[]>

/**
 * @param results every policy with every seed
 * @throws WorldError where there is nothing to compare: no request, or nobody to compare with; DataError for results
 *   that are no pairs
 */
export function compareResults(
  results: readonly ReplayResult[],
  options: CompareResultsOptions,
): ComparisonTable {
  const { kindOf } = options
  const byPolicy = columnsOf(results)
  requireRequests(results)
  const reference = options.reference ?? bestOf(byPolicy, (policy) => kindOf(policy) === 'heuristic')
  if (reference === undefined) {
    throw new WorldError(
      'nothing to compare with: only models and oracles are there; add a policy such as least-outstanding',
    )
  }
  const oracle = bestOf(byPolicy, (policy) => kindOf(policy) === 'oracle')
  const measure = { byPolicy, reference: byPolicy.get(reference)!, oracle: byPolicy.get(oracle ?? '') }
  const tried = [...byPolicy.keys()].filter((policy) => policy !== reference && kindOf(policy) !== 'oracle')
  const family = options.family ?? tried
  const rows = withVerdicts(
    [...byPolicy].map(([policy, own]) => row(policy, kindOf(policy), own, measure)),
    family,
  )
  return {
    seeds: measure.reference.map(({ seed }) => seed),
    reference,
    oracle: oracle ?? null,
    family,
    rows: rows.sort((a, b) => a.penalizedLatencyMs - b.penalizedLatencyMs),
    boundMs: bound([...byPolicy.values()]),
  }
}

interface Measure {
  readonly byPolicy: Columns
  readonly reference: readonly ReplayResult[]
  readonly oracle: readonly ReplayResult[] | undefined
}

function columnsOf(results: readonly ReplayResult[]): Columns {
  const byPolicy = new Map<string, ReplayResult[]>()
  for (const result of results) byPolicy.set(result.policy, [...(byPolicy.get(result.policy) ?? []), result])
  for (const own of byPolicy.values()) own.sort((a, b) => a.seed - b.seed)
  const seedsOf = (own: readonly ReplayResult[]): string => own.map(({ seed }) => seed).join(', ')
  const [first, ...others] = [...byPolicy].map(([policy, own]) => ({ policy, seeds: seedsOf(own) }))
  const odd = others.find(({ seeds }) => seeds !== first!.seeds)
  if (odd === undefined) return byPolicy
  throw new DataError(
    `cannot be paired: "${first!.policy}" has the seeds ${first!.seeds}, "${odd.policy}" has ${odd.seeds}: ` +
      'compare all of them over the same seeds',
  )
}

type Field = Exclude<keyof ReplayResult, 'policy' | 'distribution' | 'faultyShare'>

/** Before its p-value has been corrected. */
type OpenRow = Omit<ComparisonRow, 'adjustedPValue' | 'verdict'>

function row(policy: string, kind: ComparedKind, own: readonly ReplayResult[], measure: Measure): OpenRow {
  const { reference } = measure
  const ratioOf = (field: Field): RatioInterval => logRatio(column(own, field), column(reference, field))
  const { ratio, low, high } = ratioOf('penalizedLatencyMs')
  const penalized = [own, reference].map((results) => column(results, 'penalizedLatencyMs'))
  return {
    policy,
    kind,
    penalizedLatencyMs: mean(own, 'penalizedLatencyMs'),
    meanLatencyMs: mean(own, 'meanLatencyMs'),
    p50LatencyMs: mean(own, 'p50LatencyMs'),
    p95LatencyMs: mean(own, 'p95LatencyMs'),
    p99LatencyMs: mean(own, 'p99LatencyMs'),
    errorRate: mean(own, 'errorRate'),
    goodputPerSecond: mean(own, 'goodputPerSecond'),
    sloMissRate: mean(own, 'sloMissRate'),
    fairness: mean(own, 'fairness'),
    meanReward: mean(own, 'meanReward'),
    ratio,
    ratioLow: low,
    ratioHigh: high,
    ratios: {
      mean: ratioOf('meanLatencyMs'),
      p50: ratioOf('p50LatencyMs'),
      p95: ratioOf('p95LatencyMs'),
      p99: ratioOf('p99LatencyMs'),
      errors: ratioOfMeans(column(own, 'errorRate'), column(reference, 'errorRate')),
    },
    toOracle: toOracle(own, measure),
    toBound: toBound(own),
    gapClosed: gapClosed(own, measure),
    pValue: own === reference ? Number.NaN : pairedLogTest(penalized[0]!, penalized[1]!),
  }
}

function withVerdicts(rows: readonly OpenRow[], family: readonly string[]): ComparisonRow[] {
  const adjusted = holm(rows.map(({ policy, pValue }) => (family.includes(policy) ? pValue : Number.NaN)))
  return rows.map((open, i) => {
    const adjustedPValue = adjusted[i]!
    const verdict = family.includes(open.policy) ? verdictOf(open.ratio, adjustedPValue) : null
    return { ...open, adjustedPValue, verdict }
  })
}

function verdictOf(ratio: number, pValue: number): ComparisonVerdict {
  if (!(pValue < SIGNIFICANT)) return 'no difference shown'
  return ratio < 1 ? 'better' : 'worse'
}

function toOracle(own: readonly ReplayResult[], { oracle }: Measure): RatioInterval | null {
  if (oracle === undefined) return null
  return logRatio(column(own, 'penalizedLatencyMs'), column(oracle, 'penalizedLatencyMs'))
}

/** Each run against the bound on its own jobs: those that its users happened to ask for. */
function toBound(own: readonly ReplayResult[]): RatioInterval | null {
  if (own.some(({ errorRate, boundMs }) => errorRate > 0 || !(boundMs > 0))) return null
  return logRatio(column(own, 'meanLatencyMs'), column(own, 'boundMs'))
}

function gapClosed(own: readonly ReplayResult[], { reference, oracle }: Measure): MeanInterval | null {
  if (oracle === undefined) return null
  const best = column(reference, 'penalizedLatencyMs')
  const gap = best.map((latencyMs, i) => latencyMs - oracle[i]!.penalizedLatencyMs)
  const won = best.map((latencyMs, i) => latencyMs - own[i]!.penalizedLatencyMs)
  const { ratio, low, high } = ratioOfMeans(won, gap)
  const isThere =
    sum(gap) > 0 &&
    (gap.length === 1 || pairedLogTest(best, column(oracle, 'penalizedLatencyMs')) < SIGNIFICANT)
  return isThere && Number.isFinite(ratio) ? { mean: ratio, low, high } : null
}

function logRatio(own: readonly number[], reference: readonly number[]): RatioInterval {
  const known = (values: readonly number[]): boolean => values.every((value) => value > 0)
  return known(own) && known(reference) ? pairedLogRatio(own, reference) : UNKNOWN
}

/**
 * A request that fails ends before its work is done, and its user goes on another way: a run with failures has less to
 * do, and no bound on one policy says anything of another. Even without, what users do differs a little by how long
 * they wait: hence the lowest of the policies.
 */
function bound(policies: readonly (readonly ReplayResult[])[]): number | null {
  const usable = policies.flat().every(({ errorRate, boundMs }) => errorRate === 0 && boundMs > 0)
  return usable ? Math.min(...policies.map((results) => mean(results, 'boundMs'))) : null
}

/** The best on the mean; the first of equals. */
function bestOf(byPolicy: Columns, eligible: (policy: string) => boolean): string | undefined {
  let best: string | undefined
  let bestMs = Number.POSITIVE_INFINITY
  for (const [policy, results] of byPolicy) {
    const latencyMs = mean(results, 'penalizedLatencyMs')
    if (!eligible(policy) || latencyMs >= bestMs) continue
    best = policy
    bestMs = latencyMs
  }
  return best
}

function requireRequests(results: readonly ReplayResult[]): void {
  const empty = results.find(({ requests }) => requests === 0)
  if (empty === undefined) return
  throw new WorldError(
    `nothing to compare: "${empty.policy}" had no request with seed ${empty.seed}: give the scenario users, or more time`,
  )
}

function column(results: readonly ReplayResult[], field: Field): number[] {
  return results.map((result) => result[field])
}

function mean(results: readonly ReplayResult[], field: Field): number {
  return sum(column(results, field)) / results.length
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
