/**
 * Every shipped scenario on real sockets, with a handful of users and in three seconds: requests are answered, faults
 * show where there are any and nowhere else, and nothing is left behind. What they are for, only virtual time can tell.
 */
import { describe, expect, it } from 'vitest'
import { loadScenario, shippedScenarios } from '../../../src/scenario/index.ts'
import { resolvePolicy, vocabulary } from '../../../src/study/index.ts'
import { type FinishedRequest, HttpClient, LiveWorld, startTarget } from '../../../src/worlds/index.ts'
import { shortened } from '../../scenario/shortened.ts'

const RUN = { toMs: 3000, mostUsers: 6, hurry: 40 }
/** Those whose faults fail requests, not only slow them down. */
const FAILING = ['chaos', 'fail-fast', 'failure-cascade', 'service-degradation']

async function runLive(file: string) {
  const scenario = { ...shortened(loadScenario(file, { vocabulary }).scenario, RUN), world: 'live' } as const
  const { seed } = scenario
  const policies = resolvePolicy(scenario.routing.policy)
  const target = await startTarget({ scenario, seed, policies, port: 0 })
  const client = new HttpClient(target.url, 64)
  const requests: FinishedRequest[] = []
  let sessions = 0
  const world = new LiveWorld({
    scenario,
    seed,
    client,
    pathPrefix: '/proxy',
    startEpochMs: target.startEpochMs,
    accountPrefix: 'shipped',
    observer: {
      onRequest: (request) => requests.push({ ...request }),
      onSessionStart: () => sessions++,
      onSessionEnd: () => sessions--,
      onCheck: () => {},
      onUsers: () => {},
      onDropped: () => {},
    },
  })
  await world.run(new AbortController().signal)
  await client.close()
  await target.close()
  return { requests, sessions, decisions: target.decisions }
}

describe.concurrent('in the live world', () => {
  it.each(shippedScenarios())('$name', { timeout: 40_000 }, async ({ name, file }) => {
    const { requests, sessions, decisions } = await runLive(file)
    expect(sessions).toBe(0)
    const answered = requests.filter(({ expected }) => expected)
    expect(answered.length).toBeGreaterThan(20)
    const decided = decisions.services.flatMap(({ instances }) => instances.map(({ answers }) => answers))
    expect(decided.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(answered.length)
    const failed = requests.filter(({ expected }) => !expected)
    const retried = requests.filter(({ retries }) => retries > 0)
    if (FAILING.includes(name)) expect(failed.length + retried.length).toBeGreaterThan(0)
    else expect(failed.map(({ action, reply }) => `${action}: ${reply.failure ?? reply.status}`)).toEqual([])
  })
})
