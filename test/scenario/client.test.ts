/** The section `client` of a scenario: how the users' HTTP client connects and what it sends. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { clientSchema } from '../../src/scenario/client-schema.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { FAILURE_KINDS } from '../../src/worlds/balancer/traffic.ts'
import { fileOf, MINIMAL, messageOf, vocabulary } from './scenario-files.ts'

const HEAD_LINES = MINIMAL.split('\n').length - 1

const clientOf = (more: string) => loadScenario(fileOf(MINIMAL + more), { vocabulary }).scenario.client

/** What the file is told, with lines counted behind the head. */
function complaintOf(more: string): string {
  const file = fileOf(MINIMAL + more)
  return messageOf(() => loadScenario(file, { vocabulary })).replaceAll(
    new RegExp(`^${file}:(\\d+)`, 'gm'),
    (_, line: string) => String(Number(line) - HEAD_LINES),
  )
}

describe('docs/client.md', () => {
  const page = readFileSync(path.join(import.meta.dirname, '../../docs/client.md'), 'utf8')

  it('has a row for every setting', () => {
    for (const key of Object.keys(clientSchema.shape))
      expect(page).toMatch(new RegExp(`^\\| \`${key}[.\`]`, 'm'))
  })

  it('has a row for every class of failure', () => {
    for (const kind of [...FAILURE_KINDS, 'body']) expect(page).toContain(`\n| \`${kind}\` |`)
  })
})

describe('client', () => {
  it('has defaults', () => {
    expect(clientOf('')).toMatchObject({
      timeoutMs: 10_000,
      connections: { per: 'pool', most: 256 },
      pipelining: 1,
      keepAliveMs: 4_000,
      connectTimeoutMs: 10_000,
      maxBodyBytes: 8 * 1024 * 1024,
      http2: false,
      tls: { verify: true, caFile: null, certFile: null, keyFile: null, serverName: null },
      proxy: 'environment',
      redirects: 10,
      cookies: true,
      acceptEncoding: [],
      headers: {},
      traceHeaders: true,
    })
  })

  it('is resolved to what a run needs; files are beside the scenario', () => {
    const file = fileOf(`${MINIMAL}\
client:
  connections: { per: user, most: 5000 }
  pipelining: 8
  keepAliveSeconds: 0.5
  connectTimeoutSeconds: 2.5
  maxBodyBytes: 1000
  http2: true
  tls: { verify: false, caFile: ca.pem, certFile: /etc/c.pem, keyFile: ../k.pem, serverName: shop }
  proxy: http://127.0.0.1:3128
  redirects: 0
  cookies: false
  acceptEncoding: [gzip, br, deflate]
  headers: { User-Agent: us, x-empty: '' }
  traceHeaders: false
`)
    const folder = path.dirname(file)
    expect(loadScenario(file, { vocabulary }).scenario.client).toMatchObject({
      connections: { per: 'user', most: 5000 },
      pipelining: 8,
      keepAliveMs: 500,
      connectTimeoutMs: 2500,
      maxBodyBytes: 1000,
      http2: true,
      tls: {
        verify: false,
        caFile: path.join(folder, 'ca.pem'),
        certFile: '/etc/c.pem',
        keyFile: path.join(folder, '../k.pem'),
        serverName: 'shop',
      },
      proxy: 'http://127.0.0.1:3128',
      redirects: 0,
      cookies: false,
      acceptEncoding: ['gzip', 'br', 'deflate'],
      headers: { 'User-Agent': 'us', 'x-empty': '' },
      traceHeaders: false,
    })
  })

  it('follows and keeps nothing where decisions are captured, unless it is told to keep cookies', () => {
    const capture = 'capture: { instanceHeader: x-a }\n'
    expect(clientOf(capture)).toMatchObject({ redirects: 0, cookies: false })
    expect(clientOf(`${capture}client: { cookies: true, redirects: 0 }\n`)).toMatchObject({ cookies: true })
  })

  it.each([
    ['connections: { per: host }', 'client.connections.per: expected one of "pool", "user", got "host"'],
    ['connections: { most: 0 }', 'client.connections.most: expected integer from 1 to 65535, got 0'],
    ['redirects: 21', 'client.redirects: expected integer from 0 to 20, got 21'],
    ['proxy: proxy:3128', 'client.proxy: expected "environment", "none" or a URL'],
    ['proxy: http://me:secret@proxy', 'client.proxy: expected "environment", "none" or a URL'],
    ['headers: { content-length: "1" }', 'client.headers: expected map of headers'],
    ['headers: { x: "a\\nb" }', 'client.headers: expected map of headers'],
    ['headers: { "a b": "c" }', 'client.headers'],
    ['tls: { certFile: a.pem }', 'client.tls.certFile: expected keyFile beside it, got none'],
    ['tls: { keyFile: a.pem }', 'client.tls.keyFile: expected certFile beside it, got none'],
    ['cookie: true', 'client.cookie: unknown key (did you mean "cookies"?)'],
    [
      'acceptEncoding: [zstd]',
      'client.acceptEncoding[0]: expected one of "gzip", "br", "deflate", got "zstd"',
    ],
  ])('complains of %s', (setting, text) => {
    expect(complaintOf(`client: { ${setting} }\n`)).toContain(text)
  })

  it('cannot be without trace headers, nor follow redirects, where decisions are captured', () => {
    const both = complaintOf(
      'client: { traceHeaders: false, redirects: 3 }\ncapture: { instanceHeader: x-a }\n',
    )
    expect(both).toContain(
      'client.traceHeaders: expected true, for capture knows its requests by them, got false',
    )
    expect(both).toContain(
      'client.redirects: expected 0, for with capture every request is one decision, got 3',
    )
  })
})
