/** Runs of a scenario against a balancer that is not ours, in this process, with our shop behind it. */
import { afterAll, expect } from 'vitest'
import { openRun } from '../../src/experience/index.ts'
import { loadScenario, type Scenario } from '../../src/scenario/index.ts'
import {
  ADVICE,
  type AdviceName,
  type RunEvents,
  type RunSummary,
  resolvePolicy,
  runScenario,
  vocabulary,
} from '../../src/study/index.ts'
import { startTarget } from '../../src/worlds/index.ts'
import { fileOf } from '../scenario/scenario-files.ts'
import { type ForeignBalancer, reservePort, type Upstreams } from './foreign-balancer.ts'
import { type MortalFront, mortalFront } from './mortal-front.ts'
import { folderOf, liveScenario, RunFiles } from './run-files.ts'

const closers: (() => Promise<void> | void)[] = []
afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

/** What has been raised for a test file ends with it, the last first. */
export function closeAtEnd(close: () => Promise<void> | void): void {
  closers.push(close)
}

export interface Foreign {
  readonly balancer: ForeignBalancer
  readonly upstreams: Upstreams
  /** The first instance of the inventory service can be killed. */
  readonly mortal: MortalFront
}

type StartBalancer = (
  folder: string,
  port: number,
  upstreams: Upstreams,
  more: string,
) => Promise<ForeignBalancer>

/** The shop behind a foreign balancer, by which its services call each other, too. */
export async function raise(start: StartBalancer, more: string): Promise<Foreign> {
  const reserved = await reservePort()
  const { port } = reserved
  const shop = await startTarget({
    scenario: scenarioOf(liveScenario(60)),
    seed: 1,
    policies: resolvePolicy('round-robin'),
    port: 0,
    via: `http://127.0.0.1:${port}`,
  })
  closeAtEnd(() => shop.close())
  const [first, ...others] = shop.replicas['inventory-service']
  const mortal = await mortalFront(first!.url)
  closeAtEnd(() => mortal.kill())
  const inventory = [{ id: first!.id, url: mortal.url }, ...others]
  const upstreams = { ...shop.replicas, 'inventory-service': inventory }
  await reserved.release()
  const balancer = await start(folderOf(), port, upstreams, more)
  closeAtEnd(() => balancer.stop())
  return { balancer, upstreams, mortal }
}

export function scenarioOf(text: string): Scenario {
  return loadScenario(fileOf(text), { vocabulary }).scenario
}

/** The lines that the doctor gives for a balancer: what it says is what is tested. */
export function advised(name: AdviceName, balancer: string): string {
  return ADVICE[name].snippets.find((snippet) => snippet.balancer === balancer)!.text
}

export interface ForeignRun {
  readonly summary: RunSummary
  readonly files: RunFiles
}

/**
 * @param capture the section of the scenario
 * @param onRequests is told now and then how many requests have ended
 * @param signal interrupts the run
 */
export async function runForeign(
  target: string,
  capture: string,
  onRequests: (requests: number) => void = () => {},
  signal = new AbortController().signal,
): Promise<ForeignRun> {
  const out = folderOf()
  const events: RunEvents = {
    onStart: () => {},
    onProgress: (_, statistics) => onRequests(statistics.total.requests),
    onWorldEnd: () => {},
    onTrainingStart: () => {},
    onEpoch: () => {},
    onReplaysStart: () => {},
    onReplay: () => {},
  }
  const { summary } = await runScenario({
    loaded: loadScenario(fileOf(`${liveScenario(4)}${capture}\n`), { vocabulary }),
    target,
    out,
    train: true,
    evaluate: true,
    jobs: 1,
    events,
    signal,
  })
  return { summary, files: new RunFiles(out) }
}

/** What holds for every run whose answers all name their instance, by an id that `nameOf` makes of an upstream. */
export function expectCaptured(
  { summary, files }: ForeignRun,
  upstreams: Upstreams,
  nameOf: (upstream: Upstreams['user-service'][number]) => string,
  sources: Readonly<Record<string, string | null>> = { cpu: null },
): void {
  const { requests, experiences, dataset } = files
  const run = openRun(files.path)
  expect([...run.records()]).toHaveLength(requests.length)
  expect(run.problems.messages).toEqual([])
  expect(experiences.map(({ trace }) => trace).toSorted()).toEqual(
    requests.map(({ trace }) => trace).toSorted(),
  )
  expect(dataset.observedBy).toBe('client')
  expect(dataset.instanceFeaturesFrom).toMatchObject({ ewmaLatencyMs: 'client', inFlight: null, ...sources })
  for (const service of ['user-service', 'inventory-service', 'cart-service'] as const) {
    expect(dataset.services[service]!.toSorted()).toEqual(upstreams[service].map(nameOf).toSorted())
  }
  for (const { service, action, policy, outcome, hop } of experiences) {
    expect([hop, policy, outcome?.failure]).toEqual([0, null, null])
    expect(dataset.services[service]![action!.index]).toBe(action!.instance)
  }
  expect(summary.capture).toMatchObject({ named: requests.length, answered: requests.length, strangers: {} })
  expect(summary.experience.recorded).toBe(requests.length)
  const seen = summary.services.find(({ service }) => service === 'inventory-service')!
  expect(seen.instances.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  expect(summary.training?.transitions).toBeGreaterThan(20)
  expect(summary.warnings).toContainEqual(
    expect.stringMatching(/^not compared: replays are of the simulated shop/),
  )
}
