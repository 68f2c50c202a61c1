/** A real HAProxy in front of our shop, whose instances are known by a header or by a cookie. */
import { beforeAll, describe, expect, it } from 'vitest'
import { examine } from '../../src/study/index.ts'
import { isInstalled, startHaproxy } from './foreign-balancer.ts'
import { advised, expectCaptured, type Foreign, raise, runForeign, scenarioOf } from './foreign-run.ts'
import { liveScenario } from './run-files.ts'

const there = isInstalled('haproxy')
const idOf = ({ id }: { readonly id: string }) => id
/** What can be sent again is, when an instance dies under it. */
const RETRIES = `retry-on conn-failure empty-response
http-request disable-l7-retry if METH_POST`

describe.skipIf(!there)('HAProxy', () => {
  let haproxy: Foreign
  beforeAll(async () => {
    const lines = [
      advised('instance', 'HAProxy'),
      advised('trace', 'HAProxy'),
      advised('cookie', 'HAProxy'),
      advised('keepAlive', 'HAProxy'),
      RETRIES,
    ]
    haproxy = await raise(startHaproxy, lines.join('\n'))
  })

  it('tells by itself what names its instances, and the doctor finds it', async () => {
    const scenario = scenarioOf(liveScenario(4))
    const { usable, checks, suggestion } = await examine({ target: haproxy.balancer.url, scenario })
    const wanting = checks.filter(({ status }) => status !== 'ok').map(({ name }) => name)
    expect([usable, wanting]).toEqual([true, ['state of instances']])
    expect(suggestion).toBe('--instance-header x-upstream')
  })

  it('has its decisions recorded by a cookie', async () => {
    const run = await runForeign(haproxy.balancer.url, 'capture: { instanceCookie: SERVERID }')
    expect(run.summary.errorRate).toBe(0)
    expectCaptured(run, haproxy.upstreams, idOf)
    expect(run.files.experiences.every(({ propensity }) => propensity === null)).toBe(true)
    expect(run.summary.capture).toMatchObject({ propensities: 'not known' })
  })

  it('carries a run over the death of an instance, with ids of our own for its servers', async () => {
    const ids = haproxy.upstreams['inventory-service'].map(({ id }, i) => `${id}: stock-${i}`)
    const capture = `capture: { instanceHeader: X-Upstream, instances: { inventory: { ${ids.join(', ')} } } }`
    const run = await runForeign(haproxy.balancer.url, capture, (requests) => {
      if (requests > 60) haproxy.mortal.kill()
    })
    expect(run.summary.errorRate).toBe(0)
    expectCaptured(run, haproxy.upstreams, ({ id }) =>
      id.replace(/^inventory-service-(\d)$/, (_, n) => `stock-${n - 1}`),
    )
    const inventory = run.files.experiences.filter(({ service }) => service === 'inventory-service')
    const named = inventory.map(({ action }) => action!.instance)
    expect(named).toContain('stock-0')
    expect(named.slice(-10)).not.toContain('stock-0')
  })
})
