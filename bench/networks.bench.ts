/**
 * Speed of the small networks: gradient steps per second of CPU, and what one decision costs.
 *
 * The baseline is the same code on the plain kernel: the Float64Array network that stands in where WebAssembly has no SIMD,
 * with a register block of its own.
 */
import { RandomStreams } from '../src/core/index.ts'
import {
  candidateFeatures,
  DEFAULT_ROW_FEATURES,
  stateFeatures,
} from '../src/learning/encoders/encoded-features.ts'
import { describeFeatureRows, FeatureRows } from '../src/learning/encoders/feature-rows.ts'
import { discreteCql } from '../src/learning/learners/discrete-cql.ts'
import type { Decisions } from '../src/learning/networks/decisions.ts'
import { createKernel } from '../src/learning/networks/kernel/create-kernel.ts'
import type { Kernel } from '../src/learning/networks/kernel/kernel.ts'
import { Network } from '../src/learning/networks/network.ts'
import { NetworkPolicy } from '../src/learning/networks/network-policy.ts'
import { NetworkScorer } from '../src/learning/networks/network-scorer.ts'
import { ValueAgent } from '../src/learning/networks/value-agent.ts'
import type { BenchRow } from './bench-row.ts'
import { busyObservations } from './busy-observations.ts'
import { mediansInTurns } from './in-turns.ts'

const INPUTS = 10
const ACTIONS = 3
const DECISIONS = 10_000
const BATCH = 64
const SETTINGS = {
  alpha: 1,
  double: 1,
  dueling: 0,
  gamma: 0.99,
  learningRate: 1e-3,
  batchSize: BATCH,
  targetUpdate: 500,
  huberThreshold: 1,
  clipNorm: 10,
  hiddenUnits: 128,
  hiddenLayers: 2,
}
const KINDS = ['simd', 'plain'] as const

export async function run(): Promise<BenchRow[]> {
  return [...(await trainingRows()), ...(await decisionRows())]
}

async function trainingRows(): Promise<BenchRow[]> {
  const decisions = madeUpDecisions()
  const order = Uint32Array.from({ length: DECISIONS }, (_, i) => i)
  const [simd, plain] = (await mediansInTurns(
    KINDS.map((kind) => {
      const random = new RandomStreams(1).stream('network')
      const parts = discreteCql.compose(SETTINGS)
      const agent = new ValueAgent({
        kernel: createKernel(kind),
        parts,
        settings: SETTINGS,
        decisions,
        random,
      })
      return () => stepsPerSecond(agent, decisions, order, kind === 'simd' ? 500 : 50)
    }),
  )) as [number, number]
  const baseline = { name: 'the same on Float64Array', value: plain }
  const name = `train discrete-cql, ${INPUTS}-128-128-${ACTIONS}, batch ${BATCH}`
  return [{ name, value: simd, unit: 'steps/CPU s', baseline, ratio: simd / plain }]
}

function stepsPerSecond(agent: ValueAgent, decisions: Decisions, order: Uint32Array, steps: number): number {
  const start = process.cpuUsage()
  for (let step = 0; step < steps; step++) {
    const from = (step * BATCH) % (DECISIONS - BATCH)
    agent.step(decisions, order, from, from + BATCH)
  }
  return (steps * 1e6) / cpuMicrosecondsSince(start)
}

async function decisionRows(): Promise<BenchRow[]> {
  const small = KINDS.map((kind) => () => microsecondsPerDecision(smallPolicy(kind)))
  const large = KINDS.map((kind) => () => microsecondsPerRow(kind))
  const [smallSimd, smallPlain, largeSimd, largePlain] = (await mediansInTurns([...small, ...large])) as [
    number,
    number,
    number,
    number,
  ]
  const row = (name: string, value: number, plain: number): BenchRow => ({
    name,
    value,
    unit: 'CPU us',
    baseline: { name: 'the same on Float64Array', value: plain },
    ratio: value / plain,
  })
  return [
    row('one decision of the default network (32-32) among 8 instances', smallSimd, smallPlain),
    row(`one row through ${INPUTS}-128-128-${ACTIONS}`, largeSimd, largePlain),
  ]
}

function microsecondsPerDecision(policy: NetworkPolicy): number {
  const observations = busyObservations(
    Array.from({ length: 8 }, (_, i) => `cart-${i + 1}`),
    64,
  )
  const random = new RandomStreams(1).stream('policy')
  const propensities = new Float64Array(8)
  const decisions = 30_000
  const start = process.cpuUsage()
  for (let i = 0; i < decisions; i++) policy.choose(observations[i % 64]!, random, propensities)
  return cpuMicrosecondsSince(start) / decisions
}

function smallPolicy(kind: Kernel['name']): NetworkPolicy {
  const moments = { mean: 0, deviation: 1, indicator: true }
  const features = new FeatureRows(
    describeFeatureRows(
      ['cart-service'],
      DEFAULT_ROW_FEATURES.state.map((name) => ({ ...stateFeatures.get(name), ...moments })),
      DEFAULT_ROW_FEATURES.instance.map((name) => ({ ...candidateFeatures.get(name), ...moments })),
    ),
  )
  const network = new Network(createKernel('plain'), [features.width, 32, 32, 1], 4)
  network.initialise(new RandomStreams(1).stream('network'))
  const head = { actionsPerRow: 1, dueling: false }
  const content = { head, barred: [], rewardScale: 1, values: network.toLayers(), imitation: undefined }
  return new NetworkPolicy('bench', '1', 'cart-service', features, new NetworkScorer(content, kind))
}

function microsecondsPerRow(kind: Kernel['name']): number {
  const kernel = createKernel(kind)
  const network = new Network(kernel, [INPUTS, 128, 128, ACTIONS], 4)
  network.initialise(new RandomStreams(1).stream('network'))
  const input = kernel.allocate(4 * INPUTS)
  const passes = 5000
  const start = process.cpuUsage()
  for (let i = 0; i < passes; i++) network.forward(input, 1)
  return cpuMicrosecondsSince(start) / passes
}

function cpuMicrosecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return user + system
}

function madeUpDecisions(): Decisions {
  const random = new RandomStreams(1).stream('decisions')
  const numbers = Float32Array.from({ length: (DECISIONS + 1) * INPUTS }, () => 2 * random() - 1)
  const rows = (shift: number): Decisions['current'] => ({
    count: () => 1,
    write: (i, to, at) => {
      for (let f = 0; f < INPUTS; f++) to[at + f] = numbers[(i + shift) * INPUTS + f]!
    },
  })
  return {
    count: DECISIONS,
    inputs: INPUTS,
    actionsPerRow: ACTIONS,
    barred: [],
    mostRows: 1,
    current: rows(0),
    next: rows(1),
    chosen: Int32Array.from({ length: DECISIONS }, () => Math.floor(ACTIONS * random())),
    reward: Float64Array.from({ length: DECISIONS }, () => -random()),
    rewardScale: 1,
    terminal: new Uint8Array(DECISIONS),
    propensity: new Float64Array(DECISIONS).fill(1 / ACTIONS),
  }
}
