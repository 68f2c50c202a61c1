/** Whether a server keeps its connections: two requests, one after the other, by a client that would rather reuse its own. */
import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

const PATIENCE_MS = 5_000

/** Undefined if it did not answer twice. */
export async function reusesConnection(url: string): Promise<boolean | undefined> {
  const secure = url.startsWith('https:')
  const settings = { keepAlive: true, maxSockets: 1 }
  const agent = secure ? new HttpsAgent(settings) : new HttpAgent(settings)
  const ask = (): Promise<ClientRequest | undefined> =>
    new Promise((resolve) => {
      const asked = (secure ? httpsRequest : httpRequest)(url, { agent, timeout: PATIENCE_MS })
      asked.once('response', (response) => {
        response.resume()
        // The agent has the connection back in the turn after.
        response.once('end', () => setImmediate(() => resolve(asked)))
        response.once('error', () => resolve(undefined))
      })
      asked.once('timeout', () => asked.destroy())
      asked.once('error', () => resolve(undefined))
      asked.end()
    })
  try {
    if ((await ask()) === undefined) return undefined
    return (await ask())?.reusedSocket
  } finally {
    agent.destroy()
  }
}
