/** The state of instances from the real admin API of our balancer. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { INSTANCE_WIDTH, instanceFeature } from '../../../../src/routing/index.ts'
import { type RunningAdminServer, startAdminServer } from '../../../../src/worlds/balancer/admin-server.ts'
import { adminQuestions } from '../../../../src/worlds/live/capture/admin-state.ts'
import { createStatePolls } from '../../../../src/worlds/live/capture/start-capture.ts'
import { StatePoll } from '../../../../src/worlds/live/capture/state-poll.ts'
import { ToldFeatures } from '../../../../src/worlds/live/capture/told-features.ts'
import { SmallControl } from '../../balancer/small-control.ts'
import { prometheusOf, series, vector } from './state-servers.ts'

const TOKEN = 'a-token-of-enough-length'
const polls: StatePoll[] = []
let control: SmallControl
let server: RunningAdminServer
beforeEach(async () => {
  control = new SmallControl('round-robin', ['cart-service', 'user-service'])
  server = await startAdminServer({ control, port: 0, token: TOKEN })
})
afterEach(async () => {
  await Promise.all(polls.splice(0).map((poll) => poll.close()))
  await server.close()
})

async function ask(token: string | undefined): Promise<{ told: string[]; poll: StatePoll }> {
  const told: string[] = []
  const questions = adminQuestions((...what) => told.push(what.join(' ')))
  const poll = new StatePoll({ url: server.url, pollMs: 1000, token, questions })
  polls.push(poll)
  await poll.askAll()
  return { told, poll }
}

describe('the admin API', () => {
  it('tells the features of all instances of all services', async () => {
    control.services[0]!.begin()
    const { told, poll } = await ask(TOKEN)
    expect(told).toContain('cart-service cart-service-1 inFlight 1')
    expect(told).toContain('user-service user-service-2 inFlight 0')
    expect(told.join()).not.toMatch(/cpu/)
    expect(poll.report).toMatchObject({ asked: 3, failed: 0 })
  })

  it('that wants another token is a failure, and says so', async () => {
    const { told, poll } = await ask(undefined)
    expect(told).toEqual([])
    const [problem, ...others] = Object.keys(poll.report.problems)
    expect(others).toEqual([])
    expect(problem).toMatch(/^status 401/)
  })
})

describe('who tells what', () => {
  const NONE = { prometheus: undefined, admin: undefined }
  const polled = { pollMs: 1000, tokenVariable: null }

  it('is Prometheus for what is asked of it, the admin API for what a client cannot measure', async () => {
    control.services[0]!.begin()
    const prometheus = await prometheusOf(() =>
      vector(series('0.5', { instance: '10.0.0.1:8080' }), series('9', { instance: 'somebody' })),
    )
    const told = new ToldFeatures()
    let nowMs = 0
    const settings = {
      instanceHeader: 'x-upstream',
      instanceCookie: null,
      instances: { 'cart-service': { '10.0.0.1:8080': 'cart-service-1' } },
      estimatePropensities: false,
      prometheus: { ...polled, url: prometheus.url, instanceLabel: 'instance', queries: { memory: 'm' } },
      admin: { ...polled, url: server.url },
    }
    const both = createStatePolls(settings, { ...NONE, admin: TOKEN }, told, () => nowMs)
    polls.push(both.prometheus!, both.admin!)
    await Promise.all([both.prometheus!.askAll(), both.admin!.askAll()])
    const rowAt = (atMs: number): (number | undefined)[] => {
      const row = new Float64Array(INSTANCE_WIDTH).fill(-1)
      told.overwrite('cart-service', 'cart-service-1', atMs, row, 0)
      return (['memory', 'inFlight', 'healthy', 'answersPerSecond'] as const).map(
        (feature) => row[instanceFeature(feature)],
      )
    }
    expect(told.used).toEqual([])
    expect(rowAt(0)).toEqual([0.5, 1, 1, -1])
    expect(told.used).toEqual(expect.arrayContaining(['memory', 'inFlight', 'healthy']))
    expect(rowAt(2999)).toEqual([0.5, 1, 1, -1])
    expect(rowAt(3000)).toEqual([-1, -1, -1, -1])
    nowMs = 5000
    await both.admin!.askAll()
    expect(rowAt(5500)).toEqual([-1, 1, 1, -1])
  })
})
