/** A real nginx in front of our shop: its decisions are seen from the client, recorded, and trained on. */
import { beforeAll, describe, expect, it } from 'vitest'
import { examine } from '../../src/study/index.ts'
import { isInstalled, startNginx } from './foreign-balancer.ts'
import { advised, expectCaptured, type Foreign, raise, runForeign, scenarioOf } from './foreign-run.ts'
import { liveScenario } from './run-files.ts'

const CAPTURE = 'capture: { instanceHeader: X-Upstream, estimatePropensities: true }'
const there = isInstalled('nginx')
const hostOf = ({ url }: { readonly url: string }) => new URL(url).host

describe.skipIf(!there)('nginx', () => {
  let nginx: Foreign
  beforeAll(async () => {
    const lines = [advised('instance', 'nginx'), advised('trace', 'nginx')]
    nginx = await raise(startNginx, lines.join('\n'))
  })

  it('is all that a run wants, says the doctor', async () => {
    const scenario = scenarioOf(`${liveScenario(4)}${CAPTURE}\n`)
    const { usable, checks } = await examine({ target: nginx.balancer.url, scenario })
    const wanting = checks.filter(({ status }) => status !== 'ok').map(({ name }) => name)
    expect([usable, wanting]).toEqual([true, ['state of instances']])
    expect(checks.find(({ name }) => name === 'instances')!.detail).toMatch(
      /^header x-upstream names 2 instances of inventory-service in 20 answers \(127\.0\.0\.1:\d+ 10 times/,
    )
  })

  it('has its decisions recorded and trained on, by a response header', async () => {
    const run = await runForeign(nginx.balancer.url, CAPTURE)
    expect(run.summary).toMatchObject({ errorRate: 0, target: nginx.balancer.url })
    expectCaptured(run, nginx.upstreams, hostOf)
    const { experiences } = run.files
    const estimated = experiences.filter(({ propensity }) => propensity !== null)
    expect(estimated.length).toBeGreaterThan(experiences.length / 2)
    for (const { propensity, propensityEstimated, state, action } of estimated) {
      expect(propensityEstimated).toBe(true)
      expect(propensity).toHaveLength(state.instances.length)
      expect(propensity![action!.index]).toBeGreaterThan(0)
      expect(propensity!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1)
    }
  })

  it('carries a run over the death of an instance', async () => {
    const run = await runForeign(nginx.balancer.url, CAPTURE, (requests) => {
      if (requests > 60) nginx.mortal.kill()
    })
    expect(run.summary.errorRate).toBe(0)
    expectCaptured(run, nginx.upstreams, hostOf)
    const inventory = run.files.experiences.filter(({ service }) => service === 'inventory-service')
    const dead = hostOf(nginx.mortal)
    const named = inventory.map(({ action }) => action!.instance)
    expect(named).toContain(dead)
    expect(named.slice(-10)).not.toContain(dead)
  })
})
