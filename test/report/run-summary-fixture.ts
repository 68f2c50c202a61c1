/** A run as it could have been: three phases, six services, a spike that hurts, training and a comparison. */
import { exponential, RandomStreams } from '../../src/core/index.ts'
import { Histogram } from '../../src/stats/index.ts'
import type {
  ComparisonSummary,
  FaultSummary,
  LatencySummary,
  RunSummary,
  SeriesPoint,
} from '../../src/study/summary/run-summary.ts'

const random = new RandomStreams(7).stream('fixture')

function latencyAround(meanMs: number, count: number): LatencySummary {
  const histogram = new Histogram()
  for (let i = 0; i < 2000; i++) histogram.record(meanMs * 0.3 + exponential(random, meanMs * 0.7))
  return {
    count,
    meanMs: histogram.mean,
    minMs: histogram.min,
    p50Ms: histogram.quantile(0.5),
    p90Ms: histogram.quantile(0.9),
    p95Ms: histogram.quantile(0.95),
    p99Ms: histogram.quantile(0.99),
    p999Ms: histogram.quantile(0.999),
    maxMs: histogram.max,
  }
}

const PHASES = [
  { name: 'warm-up', startMs: 0, endMs: 120_000, users: 20, meanMs: 38, errorRate: 0 },
  { name: 'normal-traffic', startMs: 120_000, endMs: 480_000, users: 60, meanMs: 52, errorRate: 0.0004 },
  { name: 'flash-sale', startMs: 420_000, endMs: 600_000, users: 140, meanMs: 173, errorRate: 0.031 },
]

const SERVICES: readonly [name: string, decisions: number, meanMs: number, shares: readonly number[]][] = [
  ['user-service', 14_210, 22.4, [0.503, 0.497]],
  ['inventory-service', 41_877, 48.2, [0.41, 0.35, 0.24]],
  ['cart-service', 22_034, 61.9, [0.52, 0.48]],
  ['order-service', 3_120, 140.3, [0.6, 0.4]],
  ['payment-service', 3_081, 96.1, [0.51, 0.49]],
  ['notification-service', 3_044, 12.8, [1]],
]

function seriesPoint(bucket: number): SeriesPoint {
  const tMs = bucket * 5_000
  const sale = tMs >= 420_000
  const users =
    tMs < 60_000 ? tMs / 3_000 : tMs < 120_000 ? 20 : sale ? 140 + 20 * random() : 60 + 5 * random()
  const latency = latencyAround((sale ? 140 : 45) + 20 * random(), 500)
  return {
    tMs,
    users,
    requestsPerSecond: users * (1.1 + 0.2 * random()),
    errorRate: sale && random() > 0.2 ? 0.06 * random() : 0,
    p50Ms: latency.p50Ms,
    p95Ms: latency.p95Ms,
    p99Ms: latency.p99Ms,
  }
}

export function fault(kind: string, startMs: number, endMs: number): FaultSummary {
  return {
    kind,
    what: kind,
    where: 'cart-service-2',
    instances: ['cart-service-2'],
    startMs,
    endMs,
    effectEndMs: endMs,
    parameters: {},
    requests: 9_310,
    errorRate: 0.0107,
    p95Ms: 212,
  }
}

export const RUN_SUMMARY: RunSummary = {
  version: 1,
  runId: 'flash-sale-20261121-101500',
  scenario: {
    name: 'flash-sale',
    hash: 'f0a1c5d29e7b4a8890cf6c1be4d5e3027a1b2c3d4e5f60718293a4b5c6d7e8f9',
    source: 'scenarios/flash-sale.yaml',
  },
  world: 'virtual',
  target: 'embedded',
  policy: 'epsilon-greedy(power-of-two-choices, epsilon=0.2)',
  seed: 42,
  startedAt: '2026-11-21T10:15:00.000Z',
  durationMs: 600_000,
  wallMs: 4_210,
  interrupted: false,
  stopped: null,
  sessions: { started: 2_914, completed: 2_871, conversionRate: 0.1024 },
  requests: 78_412,
  requestsPerSecond: 130.69,
  errorRate: 0.01203,
  latency: latencyAround(83, 78_412),
  serviceTime: latencyAround(81, 78_412),
  percentiles: Array.from({ length: 33 }, (_, i) => ({
    share: 1 - 10 ** (-i / 8),
    latencyMs: 20 * 1.13 ** i,
    serviceMs: 19 * 1.11 ** i,
  })),
  byAction: [
    {
      action: 'search',
      requests: 30_211,
      errorRate: 0.0101,
      latency: latencyAround(61, 30_211),
      serviceTime: null,
    },
    {
      action: 'product',
      requests: 22_904,
      errorRate: 0.0122,
      latency: latencyAround(48, 22_904),
      serviceTime: null,
    },
    {
      action: 'cartAdd',
      requests: 15_037,
      errorRate: 0.0141,
      latency: latencyAround(94, 15_037),
      serviceTime: null,
    },
    {
      action: 'order',
      requests: 10_260,
      errorRate: 0.000001,
      latency: latencyAround(260, 10_260),
      serviceTime: null,
    },
  ],
  services: SERVICES.map(([service, decisions, meanMs, shares]) => ({
    service,
    decisions,
    errorRate: service === 'inventory-service' ? 0.0212 : 0.0007,
    latency: latencyAround(meanMs, decisions),
    sheds: 0,
    instances: shares.map((share, i) => ({
      instance: `${service}-${i + 1}`,
      decisions: Math.round(decisions * share),
      share,
      errorRate: i === 1 ? 0.004 : 0,
      meanLatencyMs: meanMs * (0.8 + 0.35 * i),
    })),
  })),
  phases: PHASES.map(({ name, startMs, endMs, users, meanMs, errorRate }) => ({
    name,
    startMs,
    endMs,
    plannedUsers: users,
    meanUsers: users * 0.94,
    executor: 'constant-users',
    sessions: users * 14,
    sessionsPerSecond: (users * 14_000) / (endMs - startMs),
    plannedSessions: null,
    plannedPerSecond: null,
    droppedSessions: 0,
    requests: Math.round((users * (endMs - startMs)) / 1_000),
    requestsPerSecond: users,
    errorRate,
    latency: latencyAround(meanMs, 1_000),
    serviceTime: null,
  })),
  failures: { '503': 812, timeout: 119, reset: 12 },
  failureDetails: { reset: { ECONNRESET: 9, UND_ERR_SOCKET: 3 } },
  retries: {
    requests: 78_412,
    attempts: 82_027,
    retried: 1_702,
    retries: 2_415,
    recovered: 1_004,
    hedged: 1_200,
  },
  faults: [
    {
      ...fault('latency', 120_000, 240_000),
      what: 'latency factor=4',
      where: 'inventory-service (all 3)',
      instances: ['inventory-service-1', 'inventory-service-2', 'inventory-service-3'],
      parameters: { latencyMs: 0, jitterMs: 0, factor: 4, rate: 1 },
    },
    { ...fault('crash', 430_000, 460_000), requests: 4_120, errorRate: 0.0411, p95Ms: 391 },
    { ...fault('errors', 450_000, 520_000), what: 'errors rate=0.2', parameters: { rate: 0.2, status: 500 } },
  ],
  outsideFaults: { requests: 41_006, errorRate: 0.0004, p95Ms: 131 },
  mistakes: [
    { mistake: 'unknownSku', made: 1_204, refused: 1_204, otherwise: 0 },
    { mistake: 'expiredToken', made: 311, refused: 302, otherwise: 9 },
  ],
  checks: [
    { name: 'search answers with products', passes: 30_211, fails: 0 },
    { name: 'an order has an id', passes: 10_197, fails: 63 },
  ],
  abortedBy: null,
  tags: [],
  metrics: [],
  thresholds: [
    { metric: 'p95LatencyMs', condition: '< 500', value: 248.3, passed: true },
    { metric: 'errorRate', condition: '< 0.01', value: 0.01203, passed: false },
    { metric: 'requestsPerSecond', condition: '>= 100', value: 130.69, passed: true },
  ],
  experience: {
    decisions: 87_366,
    recorded: 87_366,
    file: 'experiences.jsonl',
    meanReward: -0.4137,
    meanRewards: {
      latency: -0.6211,
      error: -0.0121,
      throughput: 0.3312,
      balance: -0.0824,
      satisfaction: 0.7413,
    },
  },
  capture: null,
  generator: null,
  bucketMs: 5_000,
  series: Array.from({ length: 120 }, (_, bucket) => seriesPoint(bucket)),
  training: {
    algorithm: 'cql',
    model: 'logs/flash-sale-20261121-101500/model',
    transitions: 87_366,
    epochs: 12,
    facts: { states: 4_096, classes: 3, coverage: 0.875 },
    curve: Array.from({ length: 12 }, (_, i) => ({
      epoch: i + 1,
      loss: 0.9 * 0.72 ** i + 0.11,
      validation: 0.92 * 0.75 ** i + 0.14 + 0.002 * i,
    })),
  },
  comparison: {
    seeds: [101, 102, 103, 104, 105, 106, 107, 108],
    reference: 'power-of-two-choices',
    learned: 'learned(cql)',
    oracle: null,
    rows: [
      ['learned(cql)', 71.2, 0.938, 0.915, 0.962],
      ['power-of-two-choices', 75.9, 1, 1, 1],
      ['least-loaded', 76.3, 1.005, 0.981, 1.031],
      ['weighted-capacity', 88.4, 1.164, 1.121, 1.209],
      ['round-robin', 104.7, 1.379, 1.297, 1.467],
    ].map((row) => {
      const [policy, meanLatencyMs, ratio, ratioLow, ratioHigh] = row as [
        string,
        number,
        number,
        number,
        number,
      ]
      const known = { ratio, low: ratioLow, high: ratioHigh }
      return {
        policy,
        kind: policy.startsWith('learned') ? 'model' : 'heuristic',
        penalizedLatencyMs: meanLatencyMs,
        meanLatencyMs,
        p50LatencyMs: meanLatencyMs * 0.6,
        p95LatencyMs: meanLatencyMs * 2.9,
        p99LatencyMs: meanLatencyMs * 4.6,
        errorRate: 0,
        goodputPerSecond: 120,
        sloMissRate: 0.01 * ratio,
        fairness: 0.99,
        meanReward: -0.35 * ratio,
        ratio,
        ratioLow,
        ratioHigh,
        ratios: {
          mean: known,
          p50: known,
          p95: known,
          p99: known,
          errors: { ratio: 1, low: 0.9, high: 1.1 },
        },
        toOracle: null,
        toBound: { ratio: meanLatencyMs / 41.4, low: 1.02, high: 3 },
        gapClosed: null,
        pValue: 0.02,
        adjustedPValue: 0.02,
        verdict: null,
      }
    }),
    boundMs: 41.4,
    verdict: 'better',
  },
  warnings: ['inventory-service-3 was never chosen in phase warm-up: its data there is empty'],
}

/** The comparison of that run, had a fiftieth of the requests failed at once with a client that waits for 10 s. */
export const FAILING_COMPARISON: ComparisonSummary = {
  ...RUN_SUMMARY.comparison!,
  rows: RUN_SUMMARY.comparison!.rows.map((row) => ({
    ...row,
    errorRate: 0.02,
    penalizedLatencyMs: 0.98 * row.meanLatencyMs + 0.02 * 10_000,
  })),
  boundMs: null,
}

/** A run in which next to nothing happened: no series, no services, numbers that are not known. */
export const EMPTY_RUN_SUMMARY: RunSummary = {
  ...RUN_SUMMARY,
  interrupted: true,
  sessions: { started: 0, completed: 0, conversionRate: Number.NaN },
  requests: 0,
  requestsPerSecond: 0,
  errorRate: Number.NaN,
  latency: unknownLatency(),
  serviceTime: unknownLatency(),
  percentiles: [],
  byAction: [],
  services: [],
  phases: [],
  failures: {},
  failureDetails: {},
  retries: { requests: 0, attempts: 0, retried: 0, retries: 0, recovered: 0, hedged: 0 },
  faults: [],
  outsideFaults: null,
  mistakes: [],
  checks: [],
  abortedBy: null,
  tags: [],
  metrics: [],
  thresholds: [],
  experience: { decisions: 0, recorded: 0, file: null, meanReward: null, meanRewards: null },
  series: [],
  training: null,
  comparison: null,
  warnings: [],
}

function unknownLatency(): LatencySummary {
  const unknown = Number.NaN
  return {
    count: 0,
    meanMs: unknown,
    minMs: unknown,
    p50Ms: unknown,
    p90Ms: unknown,
    p95Ms: unknown,
    p99Ms: unknown,
    p999Ms: unknown,
    maxMs: unknown,
  }
}
