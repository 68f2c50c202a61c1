/** What the embedded target lets its clients ask the balancer itself, over real sockets. */
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { policyFactory } from '../../../src/routing/index.ts'
import { type RunningTarget, startTarget } from '../../../src/worlds/index.ts'
import { fileOf } from '../../scenario/scenario-files.ts'
import { smallScenario } from '../../shop/small-scenario.ts'
import { ask } from '../balancer/admin-client.ts'

let target: RunningTarget
beforeAll(async () => {
  const recordTo = { run: 'live', file: fileOf('', 'experiences.jsonl') }
  const policies = policyFactory('round-robin')
  target = await startTarget({ scenario: smallScenario, seed: 1, policies, port: 0, recordTo })
})
afterAll(() => target.close())

describe('what clients of the predecessor ask the balancer', () => {
  const path = '/api/services/cart-service/instances'

  /** By raw HTTP: `fetch` neither lets a client name another host, nor wait for `100 Continue`. */
  function post(
    headers: Record<string, string>,
    body: string,
  ): Promise<{ status: number; awaited: boolean }> {
    return new Promise((resolve, reject) => {
      const call = request(`${target.url}${path}`, { method: 'POST', headers, agent: false })
      let awaited = false
      call.on('continue', () => {
        awaited = true
        call.end(body)
      })
      call.on('response', (response) => resolve({ status: response.resume().statusCode!, awaited }))
      call.on('error', reject)
      if (headers.expect === undefined) call.end(body)
      else call.flushHeaders()
    })
  }

  it('changes no instances while it records them', async () => {
    const added = await ask(target.url, `POST ${path}`, { body: { url: 'http://127.0.0.1:1' } })
    expect(added).toMatchObject({
      status: 400,
      json: { error: expect.stringMatching(/its instances are fixed/) },
    })
    const { json } = await ask(target.url, 'GET /api/services/cart-service')
    expect(json).toHaveLength(smallScenario.shop.services['cart-service'].speeds.length)
    expect(json[0]).toMatchObject({ healthUrl: `${json[0].url}/actuator/report` })
  })

  it('is not for a name that merely points to this machine, such as that of a web page', async () => {
    const host = `evil.example:${new URL(target.url).port}`
    expect((await post({ host, origin: `http://${host}` }, '{}')).status).toBe(403)
    expect((await post({ host }, '{}')).status).toBe(403)
  })

  it('may wait for a word before its body', async () => {
    const headers = { expect: '100-continue', 'content-length': '2' }
    expect(await post(headers, '{}')).toEqual({ status: 400, awaited: true })
  })
})
