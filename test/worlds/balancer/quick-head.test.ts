/** The quick reader of requests against the strict parser of `node:http`: what it takes, that one reads in the same way. */

import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readQuickHead } from '../../../src/worlds/balancer/quick-head.ts'

let server: Server
let heard: IncomingMessage | undefined
beforeAll(async () => {
  server = createServer((request, response) => {
    heard = request
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => server.close())

/** What `node:http` makes of these bytes; undefined if it refuses them, or waits for more. */
async function strictly(text: string): Promise<IncomingMessage | undefined> {
  heard = undefined
  await new Promise<void>((resolve) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () =>
      socket.end(text, 'latin1'),
    )
    socket
      .on('error', () => {})
      .on('close', () => resolve())
      .resume()
  })
  return heard
}

const PLAIN = 'GET /a?b=c HTTP/1.1\r\nHost: shop\r\nX-A:  b c\t\r\nAccept: */*\r\n\r\n'

describe('a plain request', () => {
  it('is read', () => {
    expect(readQuickHead(PLAIN)).toEqual({
      method: 'GET',
      url: '/a?b=c',
      rawHeaders: ['Host', 'shop', 'X-A', 'b c', 'Accept', '*/*'],
      headers: { host: 'shop', 'x-a': 'b c', accept: '*/*' },
      close: false,
    })
    expect(readQuickHead('HEAD / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')).toMatchObject({
      close: true,
    })
  })
})

describe('left to node:http is', () => {
  it.each([
    ['half a head', PLAIN.slice(0, -2)],
    ['two heads', PLAIN + PLAIN],
    ['a head with something behind it', `${PLAIN}x`],
    ['a method with a body', PLAIN.replace('GET', 'POST')],
    ['a method that there is not', PLAIN.replace('GET', 'get')],
    ['HTTP/1.0', PLAIN.replace('1.1', '1.0')],
    ['an absolute URL', PLAIN.replace('/a?b=c', 'http://b/')],
    ['*', PLAIN.replace('/a?b=c', '*')],
    ['a path with a fragment', PLAIN.replace('?', '#')],
    ['a path with a letter beyond ASCII', PLAIN.replace('?', 'é')],
    ['two blanks', PLAIN.replace('GET ', 'GET  ')],
    ['no host', PLAIN.replace('Host', 'Hos')],
    ['an empty host', PLAIN.replace('shop', '')],
    ['a header twice', PLAIN.replace('X-A', 'HOST')],
    ['a header without a name', PLAIN.replace('X-A', '')],
    ['a header without a colon', PLAIN.replace('X-A:', 'X-A')],
    ['a blank before the colon', PLAIN.replace('X-A:', 'X-A :')],
    ['a folded line', PLAIN.replace('X-A', ' X-A')],
    ['a bare CR', PLAIN.replace('b c', 'b\rc')],
    ['a bare LF', PLAIN.replace('b c', 'b\nc')],
    ['a NUL', PLAIN.replace('b c', 'b\0c')],
    ['a length', PLAIN.replace('X-A:  b c\t', 'Content-Length: 0')],
    ['a coding', PLAIN.replace('X-A', 'Transfer-Encoding')],
    ['an expectation', PLAIN.replace('X-A', 'Expect')],
    ['an upgrade', PLAIN.replace('X-A', 'Upgrade')],
    ['a connection that names headers', PLAIN.replace('X-A', 'Connection')],
    ['a name that every object has', PLAIN.replace('X-A', '__proto__')],
    ['nothing', ''],
  ])('%s', (_, text) => expect(readQuickHead(text)).toBe(undefined))
})

describe('whatever it takes', () => {
  const piece = fc.constantFrom(
    ...[
      'GET',
      'HEAD',
      'POST',
      ' ',
      '  ',
      '/',
      '/a',
      '?b',
      '%20',
      '#',
      'HTTP/1.1',
      'HTTP/1.0',
      '\r\n',
      '\r',
      '\n',
      '\t',
    ],
    ...[
      'Host',
      'host: a',
      ': ',
      ':',
      'X-A: b',
      'Content-Length: 1',
      'Transfer-Encoding: chunked',
      'Connection: close',
    ],
    ...['é', '\0', '\x7f', '"', 'x', ',', '\r\n\r\n'],
  )

  it('node:http reads in the same way, of requests with a few things put in or taken away', async () => {
    const edits = fc.array(fc.tuple(fc.nat({ max: PLAIN.length }), fc.nat({ max: 2 }), piece), {
      minLength: 1,
      maxLength: 3,
    })
    let taken = 0
    await fc.assert(
      fc.asyncProperty(edits, async (list) => {
        const text = list.reduce((t, [at, cut, put]) => t.slice(0, at) + put + t.slice(at + cut), PLAIN)
        const quick = readQuickHead(Buffer.from(text, 'latin1').toString('latin1'))
        if (quick === undefined) return
        taken++
        const strict = await strictly(text)
        expect(strict).toMatchObject({ method: quick.method, url: quick.url, complete: true })
        expect(strict!.rawHeaders).toEqual(quick.rawHeaders)
        expect({ ...strict!.headers }).toEqual(quick.headers)
      }),
      { numRuns: 3000, seed: 7 },
    )
    expect(taken).toBeGreaterThan(100)
  })
})
