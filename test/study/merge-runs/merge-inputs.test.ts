import { expect, it } from 'vitest'
import { SERVICES } from '../../../src/scenario/index.ts'
import { type CapturedRun, RunStatistics, type SummaryInput } from '../../../src/study/index.ts'
import { mergeInputs } from '../../../src/study/merge-runs/merge-inputs.ts'
import { DecisionStatistics } from '../../../src/worlds/index.ts'
import { smallScenario } from '../../shop/small-scenario.ts'
import { finishedRequest } from '../finished-request.ts'

const CART = SERVICES.indexOf('cart-service')
const FACTS = { runId: 'whole', experiences: '/whole/experiences.jsonl', stopped: null, warnings: ['first'] }

function inputOf(settings: Partial<SummaryInput> = {}): SummaryInput {
  const statistics = new RunStatistics(smallScenario)
  statistics.onRequest(finishedRequest())
  return {
    runId: 'share',
    scenario: smallScenario,
    source: 'shop.yaml',
    seed: 5,
    policy: 'external',
    target: 'http://a',
    startedAt: new Date(10_000),
    endMs: 60_000,
    wallMs: 61_000,
    interrupted: false,
    stopped: null,
    statistics,
    decisions: undefined,
    captured: undefined,
    experience: { decisions: 0, recorded: 0, file: null, rewards: null },
    warnings: [],
    ...settings,
  }
}

/** What a client captured that met the instances in this order, and got this many answers from each. */
function captureOf(answers: Readonly<Record<string, number>>): Partial<SummaryInput> {
  const names = Object.keys(answers)
  const decisions = new DecisionStatistics()
  for (const [i, name] of names.entries()) {
    for (let answer = 0; answer < answers[name]!; answer++) decisions.onAnswer(CART, i, 10 * (i + 1), false)
  }
  const none = Object.fromEntries(
    SERVICES.map((service) => [service, []]),
  ) as unknown as CapturedRun['instances']
  const captured: CapturedRun = {
    summary: {
      instanceFrom: 'header x-upstream',
      attempts: 5,
      answered: 4,
      named: 3,
      retried: 0,
      strangers: { nginx: 1 },
      propensities: 'not known',
      missingFeatures: ['queue'],
      polls: [{ source: 'Prometheus', url: 'http://p', asked: 3, failed: 1, problems: { timeout: 1 } }],
    },
    untold: [],
    instances: { ...none, 'cart-service': names },
  }
  return { decisions, captured }
}

it('lasts from the first start to the last end, and has been sent wherever a share was', () => {
  const late = inputOf({ startedAt: new Date(12_000), endMs: 60_400, wallMs: 62_500, target: 'http://b' })
  const merged = mergeInputs(
    [inputOf(), late, inputOf({ interrupted: true, warnings: ['w', 'first'] })],
    FACTS,
  )
  expect(merged).toMatchObject({
    runId: 'whole',
    endMs: 60_400,
    wallMs: 64_500,
    target: 'http://a, http://b',
  })
  expect(merged.startedAt).toEqual(new Date(10_000))
  expect(merged).toMatchObject({ interrupted: true, warnings: ['first', 'w'] })
  expect(merged.statistics.total.requests).toBe(3)
  expect(merged).toMatchObject({ decisions: undefined, captured: undefined })
})

it('leaves the shares as they are', () => {
  const first = inputOf()
  mergeInputs([first, inputOf()], FACTS)
  expect(first.statistics.total.requests).toBe(1)
})

it('counts instances by their ids, in whatever order each client met them', () => {
  const merged = mergeInputs(
    [inputOf(captureOf({ x: 2, y: 1 })), inputOf(captureOf({ y: 5, z: 1, x: 3 })), inputOf()],
    FACTS,
  )
  expect(merged.captured!.instances['cart-service']).toEqual(['x', 'y', 'z'])
  const { instances, latency } = merged.decisions!.services[CART]!
  expect(instances.map(({ answers }) => answers)).toEqual([5, 6, 1])
  expect(instances.map(({ latencyMs }) => latencyMs)).toEqual([2 * 10 + 3 * 30, 20 + 5 * 10, 20])
  expect(latency.count).toBe(12)
})

it('adds up what was seen of decisions, and what was asked', () => {
  const shares = [captureOf({ x: 1 }), captureOf({ x: 1 })].map(inputOf)
  expect(mergeInputs(shares, FACTS).captured!.summary).toEqual({
    instanceFrom: 'header x-upstream',
    attempts: 10,
    answered: 8,
    named: 6,
    retried: 0,
    strangers: { nginx: 2 },
    propensities: 'not known',
    missingFeatures: ['queue'],
    polls: [{ source: 'Prometheus', url: 'http://p', asked: 6, failed: 2, problems: { timeout: 2 } }],
  })
})
