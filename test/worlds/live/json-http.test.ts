import { describe, expect, it } from 'vitest'
import type { Request } from '../../../src/core/index.ts'
import { toHttpCall, toReply } from '../../../src/worlds/live/json-http.ts'
import { traceHeaders } from '../../../src/worlds/live/trace-headers.ts'

const CONTEXT = {
  trace: '0af7651916cd43dd8448eb211c80319c',
  phase: 'peak',
  profile: 'quick-browser',
  hop: 0,
  attempt: 0,
  key: 5,
}
const GET: Request = { method: 'GET', service: 'cart-service', path: '/api/cart?x=%20' }

describe('toHttpCall', () => {
  it('puts the prefix in front of the service and its path, and adds the trace', () => {
    expect(toHttpCall(GET, CONTEXT, '/proxy')).toEqual({
      method: 'GET',
      path: '/proxy/cart-service/api/cart?x=%20',
      headers: traceHeaders(CONTEXT),
    })
  })

  it('writes token and body', () => {
    const body = { name: 'Größe 🌙', items: [1, null, { deep: true }] }
    const call = toHttpCall({ ...GET, method: 'POST', token: 'a.b.c', body }, CONTEXT, '')
    expect(call.headers.slice(-4)).toEqual([
      'authorization',
      'Bearer a.b.c',
      'content-type',
      'application/json',
    ])
    expect(JSON.parse(call.body as string)).toEqual(body)
  })
})

describe('toReply', () => {
  const result = (status: number, body: string) => ({
    status,
    headers: {},
    body: Buffer.from(body),
    failure: null,
  })

  it('reads JSON of any kind', () => {
    expect(toReply(result(200, '{"a":[1]}'))).toEqual({ status: 200, body: { a: [1] } })
    expect(toReply(result(200, '[]'))).toEqual({ status: 200, body: [] })
    expect(toReply(result(200, 'null'))).toEqual({ status: 200, body: null })
  })

  it.each(['', '<html>Bad Gateway</html>', '{"cut": ', '\u0000'])('has no body where %j came', (text) => {
    expect(toReply(result(502, text))).toEqual({ status: 502 })
  })

  it('has status 0 exactly when it has a failure', () => {
    const broken = { ...result(200, '{"a":1}'), failure: 'reset' as const }
    expect(toReply(broken)).toEqual({ status: 0, failure: 'reset' })
  })
})
