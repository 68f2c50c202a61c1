/** Our own balancer, seen as if it were not ours: what the client captures must be what the balancer did. */
import { mkdirSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ExperienceRecord, openRun } from '../../src/experience/index.ts'
import { instanceFeature } from '../../src/routing/index.ts'
import { SERVICES } from '../../src/scenario/index.ts'
import { resolvePolicy } from '../../src/study/index.ts'
import { type RunningTarget, startBalancer, startTarget } from '../../src/worlds/index.ts'
import { shopBalancerConfig } from '../../src/worlds/live/shop-balancer.ts'
import { prometheusOf, series, vector } from '../worlds/live/capture/state-servers.ts'
import { closeAtEnd, expectCaptured, runForeign, scenarioOf } from './foreign-run.ts'
import { folderOf, liveScenario, RunFiles } from './run-files.ts'

const CAPTURE = 'instanceHeader: X-Loadgen-Instance'
const scenario = scenarioOf(liveScenario(60))
const idOf = ({ id }: { readonly id: string }) => id
const POLICY = 'round-robin'

/** What users asked for: not the calls of services, nor the question whether anybody is there. */
function byTrace(records: readonly ExperienceRecord[]): Map<string, ExperienceRecord> {
  const asked = records.filter(({ hop, phase }) => hop === 0 && phase !== null)
  return new Map(asked.map((record) => [record.trace, record]))
}

describe('our balancer', () => {
  const recorded = folderOf()
  let target: RunningTarget
  beforeAll(async () => {
    const recordTo = { run: 'own', file: `${recorded}/own/experiences.jsonl` }
    mkdirSync(`${recorded}/own`)
    target = await startTarget({ scenario, seed: 1, policies: resolvePolicy(POLICY), port: 0, recordTo })
    closeAtEnd(() => target.close())
  })

  it('did what the client says that it did, and both say it in the same shape', async () => {
    const run = await runForeign(target.url, `capture: { ${CAPTURE}, estimatePropensities: true }`)
    expectCaptured(run, target.replicas, idOf)
    await target.close()
    const own = byTrace(new RunFiles(recorded).experiences)
    const { experiences } = run.files
    expect(own.size).toBe(experiences.length)
    for (const captured of experiences) {
      const record = own.get(captured.trace)!
      const { propensityEstimated, ...shape } = captured
      expect(Object.keys(shape)).toEqual(Object.keys(record))
      expect(Object.keys(captured.outcome!)).toEqual(Object.keys(record.outcome!))
      expect(captured.action!.instance).toBe(record.action!.instance)
      for (const field of ['service', 'route', 'phase', 'profile'] as const) {
        expect(captured[field]).toBe(record[field])
      }
      expect(captured.outcome!.status).toBe(record.outcome!.status)
      expect(captured.outcome!.latencyMs).toBeGreaterThan(record.outcome!.latencyMs!)
    }
  })
})

describe('our balancer with its admin API', () => {
  it('tells what a client cannot know', async () => {
    const shop = await startTarget({ scenario, seed: 1, policies: resolvePolicy(POLICY), port: 0 })
    closeAtEnd(() => shop.close())
    const config = {
      ...shopBalancerConfig(scenario, shop.replicas, POLICY, 0),
      admin: { host: '127.0.0.1', port: 0, token: null, rlAgent: null },
    }
    const balancer = await startBalancer({
      config,
      source: { name: 'test', hash: '' },
      policies: resolvePolicy,
      seed: 1,
      onMessage: () => {},
    })
    closeAtEnd(() => balancer.close())
    const admin = `admin: { url: '${balancer.adminUrl}', pollSeconds: 0.1 }`
    const { summary, files } = await runForeign(balancer.url, `capture: { ${CAPTURE}, ${admin} }`)
    expect(summary.errorRate).toBe(0)
    expect(summary.capture).toMatchObject({
      missingFeatures: [],
      polls: [{ source: 'admin API', failed: 0 }],
    })
    expect(files.dataset.instanceFeaturesFrom).toMatchObject({ inFlight: 'admin', ewmaLatencyMs: 'client' })
    const rows = files.experiences.flatMap(({ state }) => state.instances)
    const known = (feature: 'cpu' | 'healthy' | 'inFlight') =>
      rows.filter((row) => typeof row?.[instanceFeature(feature)] === 'number').length / rows.length
    for (const feature of ['cpu', 'healthy', 'inFlight'] as const) expect(known(feature)).toBeGreaterThan(0.5)
    expect(SERVICES.some((service) => (files.dataset.services[service]?.length ?? 0) > 1)).toBe(true)
  })
})

describe('a Prometheus that stops to answer', () => {
  it('leaves its features missing from then on; the run goes on and says so once', async () => {
    const target = await startTarget({ scenario, seed: 1, policies: resolvePolicy(POLICY), port: 0 })
    closeAtEnd(() => target.close())
    let isWell = true
    const all = SERVICES.flatMap((service) => target.replicas[service])
    const prometheus = await prometheusOf(() =>
      isWell ? vector(...all.map(({ id }) => series('0.5', { instance: id }))) : [503, {}],
    )
    const polled = `{ url: '${prometheus.url}', pollSeconds: 0.1, queries: { cpu: any } }`
    const run = await runForeign(
      target.url,
      `capture: { ${CAPTURE}, prometheus: ${polled} }`,
      (requests) => (isWell = requests < 60),
    )
    expectCaptured(run, target.replicas, idOf, { cpu: 'prometheus' })
    const { summary, files } = run
    const [poll] = summary.capture!.polls
    expect(poll!.failed).toBeGreaterThan(3)
    expect(poll!.asked).toBeGreaterThan(poll!.failed)
    expect(summary.warnings.filter((warning) => warning.startsWith('Prometheus'))).toEqual([
      `Prometheus at ${prometheus.url}: ${poll!.failed} of ${poll!.asked} questions failed (status 503: ${poll!.failed}): what it tells of instances was missing then`,
    ])
    const cpu = files.experiences
      .toSorted((a, b) => a.t - b.t)
      .flatMap(({ state }) => state.instances.map((row) => row![instanceFeature('cpu')]))
    expect(new Set(cpu)).toEqual(new Set([0.5, null]))
    expect(cpu.at(-1)).toBeNull()
  })
})

it('keeps what was captured of a run that is interrupted', async () => {
  const target = await startTarget({ scenario, seed: 1, policies: resolvePolicy(POLICY), port: 0 })
  closeAtEnd(() => target.close())
  const interrupt = new AbortController()
  const { summary, files } = await runForeign(
    target.url,
    `capture: { ${CAPTURE} }`,
    (requests) => {
      if (requests > 40) interrupt.abort()
    },
    interrupt.signal,
  )
  expect(summary).toMatchObject({ interrupted: true, training: null, policy: 'external' })
  const run = openRun(files.path)
  const records = [...run.records()]
  expect(run.problems.messages).toEqual([])
  expect(records).toHaveLength(summary.experience.recorded)
  const answered = records.filter(({ outcome }) => outcome !== null)
  expect(answered).toHaveLength(summary.capture!.named)
  expect(answered.length).toBeGreaterThan(40)
  for (const { action, truncated } of records.filter(({ outcome }) => outcome === null)) {
    expect([action, truncated]).toEqual([null, true])
  }
})
