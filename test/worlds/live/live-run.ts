/** Runs a scenario in the live world to its end, for the tests that look at its requests. */
import { afterEach } from 'vitest'
import type { Scenario } from '../../../src/scenario/index.ts'
import { epochMs, type FinishedRequest, HttpClient, LiveWorld } from '../../../src/worlds/index.ts'

const clients: HttpClient[] = []
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
})

/** Returns the finished requests. @param startEpochMs when the clock of the target began, if it has one */
export async function runAgainst(
  origin: string,
  scenario: Scenario,
  pathPrefix = '',
  startEpochMs = epochMs(),
): Promise<readonly FinishedRequest[]> {
  const requests: FinishedRequest[] = []
  const client = new HttpClient(origin, 32)
  clients.push(client)
  const world = new LiveWorld({
    scenario,
    seed: 1,
    client,
    pathPrefix,
    startEpochMs,
    accountPrefix: 'x',
    observer: {
      onRequest: (request) => requests.push({ ...request }),
      onSessionStart: () => {},
      onSessionEnd: () => {},
      onCheck: () => {},
      onUsers: () => {},
      onDropped: () => {},
    },
  })
  await world.run(new AbortController().signal)
  return requests
}
