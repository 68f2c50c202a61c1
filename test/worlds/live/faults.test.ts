/**
 * Every kind of fault in the live target, over real sockets: what the client and the balancer see is what the
 * condition of the replica says.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import type { ExperienceRecord } from '../../../src/experience/index.ts'
import { policyFactory } from '../../../src/routing/index.ts'
import type { Fault, Scenario } from '../../../src/scenario/index.ts'
import {
  ConditionTimeline,
  faultKinds,
  ReplicaCondition,
  Shop,
  type Verdict,
} from '../../../src/shop/index.ts'
import { HttpClient, type HttpResult, type RunningTarget, startTarget } from '../../../src/worlds/index.ts'
import { traceHeaders } from '../../../src/worlds/live/trace-headers.ts'
import { traceId } from '../../../src/worlds/trace-id.ts'
import { fileOf } from '../../scenario/scenario-files.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'

const CART = 'cart-service-1'
const SEED = 3
const HOUR_MS = 3_600_000

/** Parameters with which a kind shows itself at once, and changes no more; where nothing is said its defaults do. */
const SHORT: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  latency: { latencyMs: 30, jitterMs: 20 },
  errors: { status: 507 },
  timeouts: { afterSeconds: 0.03 },
  reset: { afterMs: 10 },
  'black-hole': { rate: 0.2 },
  'gc-pauses': { everySeconds: 0.01, pauseMs: 20 },
  'noisy-neighbour': { everySeconds: 0.01, forSeconds: 3600 },
  'cache-loss': { refillSeconds: 3600 },
}
/** What develops has come halfway when the run starts, and what comes at random is there. */
const BEGUN: Readonly<Record<string, number>> = { leak: -HOUR_MS / 2, 'noisy-neighbour': -1000 }
/** Kinds that change how fast a replica works, and keep to that for the whole test. */
const SLOWING = ['leak', 'noisy-neighbour', 'capacity-dip', 'cache-loss']

function faultOf(kind: string, settings: Partial<Fault> = {}): Fault {
  const parameters = Object.fromEntries(
    faultKinds.get(kind).parameters.map(({ name, default: usual }) => [name, name === 'rate' ? 0.4 : usual!]),
  )
  const whole = { instances: [CART], share: 1, startMs: BEGUN[kind] ?? 0, durationMs: HOUR_MS, ...settings }
  return { ...whole, kind, parameters: { ...parameters, ...SHORT[kind], ...settings.parameters } }
}

/** One cart replica with room for everybody, befallen by these faults; it is asked about itself once, if at all. */
function scenarioWith(...faults: Fault[]): Scenario {
  const services = { ...smallScenario.shop.services }
  services['cart-service'] = { ...services['cart-service'], speeds: [1], workers: 16 }
  return {
    ...smallScenario,
    world: 'live',
    phases: [phaseOf({ durationMs: HOUR_MS })],
    faults,
    routing: { ...smallScenario.routing, timeoutMs: 500 },
    shop: { ...smallScenario.shop, services, pollMs: HOUR_MS },
  }
}

let target: RunningTarget
let client: HttpClient
let file: string
afterEach(async () => {
  await client.close()
  await target.close()
})

async function raise(scenario: Scenario): Promise<void> {
  file = fileOf('', 'experiences.jsonl')
  const policies = policyFactory('round-robin')
  target = await startTarget({ scenario, seed: SEED, policies, port: 0, recordTo: { run: 'faults', file } })
  client = new HttpClient(target.url, 16)
}

interface Answer extends HttpResult {
  readonly tookMs: number
}

function ask(key: number): Promise<Answer> {
  const context = { trace: traceId(key), phase: 'only', profile: 'quick-browser', hop: 0, attempt: 0, key }
  const path = '/proxy/cart-service/actuator/health'
  const startMs = performance.now()
  return new Promise((resolve) =>
    client.send({ method: 'GET', path, headers: traceHeaders(context) }, (result) =>
      resolve({ ...result, tookMs: performance.now() - startMs }),
    ),
  )
}

/** By key, 16 at a time. */
async function askAll(count: number): Promise<Answer[]> {
  const answers: Answer[] = []
  let next = 0
  const askOn = async (): Promise<void> => {
    for (let key = next++; key < count; key = next++) answers[key] = await ask(key)
  }
  await Promise.all(Array.from({ length: 16 }, askOn))
  return answers
}

function workMsOf({ headers }: Answer): number {
  return Number(/work;dur=([\d.]+)/.exec(String(headers['server-timing']))![1])
}

/** How long the replica of a shop works on the request with this key, as it is now. */
function expectedWorkMs(shop: Shop, key: number): number {
  const replica = shop.replicas['cart-service'][0]!
  const match = shop.match({ service: 'cart-service', method: 'GET', path: '/actuator/health' })
  replica.arrive(key, shop.workMs(match, key), 0)
  const endMs = replica.nextEventAtMs()
  replica.drop(0)
  return endMs
}

/** What befalls the cart replica at the start of the run. */
function conditionOf(scenario: Scenario, shop = new Shop(scenario)): ReplicaCondition {
  const condition = new ReplicaCondition(shop.replicas['cart-service'][0]!)
  const timeline = new ConditionTimeline(scenario, SEED)
  while (timeline.nextAtMs <= 0) {
    const { fault, effect } = timeline.take()
    condition.change(fault, effect, 0)
  }
  return condition
}

function statusOf(verdict: Verdict | undefined): number {
  if (verdict === undefined) return 200
  if (verdict.kind === 'answer') return verdict.status
  return verdict.kind === 'silence' ? 504 : 502
}

function outcomeOf(verdict: Verdict | undefined): object {
  if (verdict === undefined || verdict.kind === 'answer') return { status: statusOf(verdict), failure: null }
  return { status: 0, failure: verdict.kind === 'silence' ? 'timeout' : verdict.failure }
}

async function recordsByTrace(): Promise<Map<string, ExperienceRecord>> {
  await target.close()
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const records = lines.map((line) => JSON.parse(line) as ExperienceRecord)
  return new Map(records.map((record) => [record.trace, record]))
}

const REQUESTS = 120

describe.each(faultKinds.all.map(({ name }) => name))('%s', (kind) => {
  it('does to every request what the condition of the replica says, and to so many of them', async () => {
    const scenario = scenarioWith(faultOf(kind))
    const condition = conditionOf(scenario)
    await raise(scenario)
    const answers = await askAll(REQUESTS)
    if (condition.down) {
      // Refused, until the balancer knows and sends nobody there any more.
      for (const { status } of answers) expect([502, 503]).toContain(status)
      return
    }
    const verdicts = answers.map((_, key) => condition.verdictOf(key))
    expect(answers.map(({ status }) => status)).toEqual(verdicts.map(statusOf))
    for (const [key, { tookMs }] of answers.entries()) {
      // A timer may fire up to a millisecond early.
      expect(tookMs).toBeGreaterThanOrEqual(condition.delayMs(key, 0) - 1)
    }
    const records = await recordsByTrace()
    for (const [key, verdict] of verdicts.entries()) {
      expect(records.get(traceId(key))!.outcome).toMatchObject(outcomeOf(verdict))
    }
    const share = faultKinds.get(kind).taken?.(scenario.faults[0]!.parameters) ?? 0
    const failed = answers.filter(({ status }) => status !== 200).length
    expect(Math.abs(failed - REQUESTS * share)).toBeLessThanOrEqual(
      4 * Math.sqrt(REQUESTS * share * (1 - share)),
    )
  })
})

describe.each(SLOWING)('%s', (kind) => {
  it('makes every request take as long as the speed of the replica says', async () => {
    const scenario = scenarioWith(faultOf(kind))
    const [usual, slow] = [new Shop(scenario), new Shop(scenario)]
    conditionOf(scenario, slow)
    await raise(scenario)
    const answers = await askAll(32)
    for (const [key, answer] of answers.entries()) {
      const expectedMs = expectedWorkMs(slow, key)
      expect(expectedMs).toBeGreaterThan(1.2 * expectedWorkMs(usual, key))
      // What is told has three decimals.
      expect(Math.abs(workMsOf(answer) - expectedMs)).toBeLessThan(0.002)
    }
  })
})

it('gc-pauses make some requests take longer, and none shorter', async () => {
  const scenario = scenarioWith(faultOf('gc-pauses'))
  const shop = new Shop(scenario)
  await raise(scenario)
  const answers = await askAll(REQUESTS)
  const longerMs = answers.map((answer, key) => workMsOf(answer) - expectedWorkMs(shop, key))
  expect(Math.min(...longerMs)).toBeGreaterThan(-0.002)
  expect(Math.max(...longerMs)).toBeGreaterThan(1)
})

it('queue-shrink lets so many wait, and the others are answered 503', async () => {
  // So slow that none is done before all are there.
  const faults = [faultOf('queue-shrink'), faultOf('capacity-dip', { parameters: { factor: 1e-9 } })]
  const { shop, ...scenario } = scenarioWith(...faults)
  const services = { ...shop.services, 'cart-service': { ...shop.services['cart-service'], workers: 1 } }
  await raise({ ...scenario, shop: { ...shop, services } })
  const statuses = (await askAll(16)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 504)).toHaveLength(1 + 4)
  expect(statuses.filter((status) => status === 503)).toHaveLength(16 - 1 - 4)
})

function polledEvery(pollMs: number, scenario: Scenario): Scenario {
  return { ...scenario, shop: { ...scenario.shop, pollMs } }
}

describe('a crash in mid-run', () => {
  const crash = faultOf('crash', { startMs: 300, durationMs: 600 })

  it('refuses connections until the restart', async () => {
    await raise(scenarioWith(crash))
    const seen: number[] = []
    // Each a trace of its own: the last to fail may have met the instance just as it came back.
    for (let asked = 0; seen.length < 3; asked++) {
      const { status } = await ask(asked)
      if (status !== seen.at(-1)) seen.push(status)
      await delay(2)
    }
    expect(seen).toEqual([200, 502, 200])
    const failures = [...(await recordsByTrace()).values()].map(({ outcome }) => outcome!.failure)
    expect(failures).toContain('connect')
  })

  it('is known to the balancer when it next asks', async () => {
    await raise(polledEvery(100, scenarioWith(crash)))
    while ((await ask(0)).status !== 503) await delay(5)
    while ((await ask(0)).status !== 200) await delay(5)
  })

  it('is followed by a warm-up: the same request takes longer', async () => {
    const parameters = { warmUpSeconds: 600, warmUpSpeed: 0.25 }
    await raise(scenarioWith(faultOf('crash', { startMs: 300, durationMs: 100, parameters })))
    const before = workMsOf(await ask(1))
    while ((await ask(2)).status === 200) await delay(5)
    while ((await ask(2)).status !== 200) await delay(5)
    expect(workMsOf(await ask(1)) / before).toBeCloseTo(4, 1)
  })
})

describe('a health check', () => {
  const eligible = async () => (await ask(0)).status === 200

  it('that flaps takes the instance away from the balancer, again and again', async () => {
    await raise(
      polledEvery(50, scenarioWith(faultOf('flapping-health', { parameters: { everySeconds: 0.2 } }))),
    )
    for (let i = 0; i < 2; i++) {
      while (await eligible()) await delay(5)
      while (!(await eligible())) await delay(5)
    }
  })

  it('knows nothing of requests that are never answered', async () => {
    const scenario = scenarioWith(faultOf('black-hole', { parameters: { rate: 1 } }))
    await raise(polledEvery(250, scenario))
    for (const { status } of await askAll(32)) expect(status).toBe(504)
  })
})

it('ends in the midst of faults: no timer and no socket keeps the process', async () => {
  const kinds = [...faultKinds.all.map(({ name }) => faultOf(name)), faultOf('latency')]
  const faults = kinds.map((fault, i) => ({ ...fault, instances: [`${SERVICE_OF[i % 6]}-service-1`] }))
  const script = `
    import { startTarget } from '${new URL('../../../src/worlds/index.ts', import.meta.url)}'
    import { policyFactory } from '${new URL('../../../src/routing/index.ts', import.meta.url)}'
    const scenario = JSON.parse(process.argv[1])
    const target = await startTarget({ scenario, seed: 1, policies: policyFactory('round-robin'), port: 0 })
    const ask = (service) => fetch(target.url + '/proxy/' + service + '-service/actuator/health').catch(() => {})
    const asked = ['user', 'cart', 'inventory', 'order', 'payment', 'notification'].flatMap((service) =>
      Array.from({ length: 20 }, () => ask(service)))
    await new Promise((resolve) => setTimeout(resolve, 100))
    await target.close()
    await Promise.all(asked)
    process.stdout.write('closed')`
  const scenario = JSON.stringify(
    scenarioWith(...faults, faultOf('capacity-dip', { parameters: { factor: 1e-12 } })),
  )
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script, scenario]
  const cwd = fileURLToPath(new URL('../../..', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, timeout: 15_000 })
  expect(stdout).toBe('closed')
})

const SERVICE_OF = ['user', 'inventory', 'cart', 'order', 'payment', 'notification']
