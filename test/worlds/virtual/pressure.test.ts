/** What a shop that cannot keep up does to its users, to the balancer and to the records. */
import { describe, expect, it } from 'vitest'
import type { ExperienceRecord } from '../../../src/experience/index.ts'
import { SERVICES, type ServiceName, type ServiceSettings } from '../../../src/scenario/index.ts'
import { recordsByTrace, runVirtually, workByCall } from '../virtual-run.ts'
import { openLoop } from './open-loop.ts'

const scenario = openLoop(2, 3)

/** The same scenario with other replicas in every service. */
function withServices(settings: Partial<ServiceSettings>) {
  const services = Object.fromEntries(
    SERVICES.map((name) => [name, { ...scenario.shop.services[name], ...settings }]),
  ) as Record<ServiceName, ServiceSettings>
  return { ...scenario, shop: { ...scenario.shop, services } }
}

describe("a client's patience", () => {
  const TIMEOUT_MS = 400
  const slow = {
    ...scenario,
    shop: { ...scenario.shop, workScale: 12 },
    client: { ...scenario.client, timeoutMs: TIMEOUT_MS },
  }
  const run = runVirtually(slow)
  const timeouts = run.requests.filter(({ reply }) => reply.failure === 'timeout')

  it('ends after exactly the timeout, with status 0', () => {
    expect(timeouts.length).toBeGreaterThan(100)
    for (const { reply, startMs, endMs, expected } of timeouts) {
      expect(endMs - startMs).toBeCloseTo(TIMEOUT_MS, 6)
      expect([reply.status, expected]).toEqual([0, false])
    }
  })

  it('never lasts longer', () => {
    const answered = run.requests.filter(({ reply }) => reply.status !== 0)
    expect(answered.length).toBeGreaterThan(100)
    expect(Math.max(...answered.map(({ startMs, endMs }) => endMs - startMs))).toBeLessThanOrEqual(TIMEOUT_MS)
  })

  it('does not stop the shop: it does the work to the end, and the balancer sees how long it took', () => {
    const byTrace = recordsByTrace(run.records)
    for (const { trace } of timeouts) {
      const [own] = byTrace.get(trace)!
      expect(own!.hop).toBe(0)
      expect(own!.outcome!.status).toBeGreaterThanOrEqual(200)
      expect(own!.outcome!.failure).toBeNull()
      expect(own!.outcome!.latencyMs).toBeGreaterThan(TIMEOUT_MS)
    }
  })

  it('gives every request one end only', () => {
    expect(new Set(run.requests.map(({ trace }) => trace)).size).toBe(run.requests.length)
  })
})

describe('a full replica', () => {
  const tight = withServices({ workers: 1, queueLimit: 0 })
  const run = runVirtually(tight, { policy: 'random' })
  const refused = run.records.filter(({ outcome }) => outcome!.status === 503)

  it('refuses with 503, at once: the answer takes the network time and no work', () => {
    const atReplica = refused.filter(({ outcome }) => outcome!.workMs === null)
    expect(atReplica.length).toBeGreaterThan(100)
    for (const { outcome } of atReplica) {
      expect(outcome!.latencyMs).toBeCloseTo(tight.shop.hopMs, 3)
      expect(outcome!.queueMs).toBeNull()
    }
  })

  it('never lets anybody wait who is not refused', () => {
    const served = run.records.filter(({ outcome }) => outcome!.queueMs !== null)
    expect(served.length).toBeGreaterThan(1000)
    expect(served.filter(({ outcome }) => outcome!.queueMs! > 0)).toEqual([])
  })

  it('costs the reward of the error, and counts as a failure of its instance', () => {
    expect(refused.every(({ rewards }) => rewards!.error === -1)).toBe(true)
    const failures = run.decisions.services.flatMap(({ instances }) =>
      instances.map((counts) => counts.failures),
    )
    expect(failures.reduce((sum, count) => sum + count, 0)).toBe(refused.length)
  })

  it('is what the users are told', () => {
    const told = run.requests.filter(({ reply }) => reply.status === 503)
    expect(told.length).toBeGreaterThan(50)
    expect(told.some(({ expected }) => expected)).toBe(false)
  })
})

describe('the load of others', () => {
  // What ends later is no longer under this load alone.
  const inPhase = (records: readonly ExperienceRecord[]) =>
    records.filter(({ t, outcome }) => t + outcome!.latencyMs! < 120_000)
  const alone = workByCall(scenario, inPhase(runVirtually(scenario).records))
  const burdened = openLoop(2, 3, 'backgroundLoad: { inventory: 0.5, payment: 0.2 }')
  const work = workByCall(burdened, inPhase(runVirtually(burdened).records))
  const ratios = (service: string) =>
    [...work].flatMap(([call, ms]) => {
      const other = alone.get(call)
      return call.includes(` ${service}.`) && other !== undefined ? [ms / other] : []
    })

  it.each([
    ['inventory', 2],
    ['payment', 1.25],
    ['user', 1],
    ['cart', 1],
    ['order', 1],
    ['notification', 1],
  ])('changes the work of the %s service by a factor of %d', (service, factor) => {
    const all = ratios(service)
    expect(all.length).toBeGreaterThan(50)
    // Recorded to a thousandth of a millisecond.
    for (const ratio of all) expect(Math.abs(ratio / factor - 1)).toBeLessThan(0.003)
  })
})
