/** TLS: what is trusted, what is not and why, and what a client that has a certificate shows. */
import type { AddressInfo } from 'node:net'
import { createServer, type Server, type TlsOptions } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostileServer, reply } from '../hostile-server.ts'
import { ask, clientOf } from './ask.ts'
import { type Certificates, hasOpenssl, makeCertificates } from './certificates.ts'

describe.skipIf(!hasOpenssl)('a target with TLS', () => {
  let made: Certificates
  const servers: Server[] = []
  beforeAll(() => {
    made = makeCertificates()
  })
  afterAll(() => {
    for (const server of servers) server.close()
    made.remove()
  })

  /** Answers with the name in the certificate of its client. */
  async function serverWith(certificate: string, options: TlsOptions = {}): Promise<string> {
    const server = createServer(
      { key: made.pem('key.pem'), cert: made.pem(certificate), ...options },
      (socket) => {
        socket.on('error', () => {})
        socket.on('data', () => socket.write(reply(200, String(socket.getPeerCertificate().subject?.CN))))
      },
    )
    server.on('tlsClientError', () => {})
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  const withTls = (change: object) => ({
    tls: { verify: true, caFile: null, certFile: null, keyFile: null, serverName: null, ...change },
  })

  it('is refused where it signs for itself, unless that is trusted, or nothing is checked', async () => {
    const origin = await serverWith('self.pem')
    const { failure, failureDetail } = await ask(clientOf(origin))
    expect([failure, failureDetail]).toEqual(['tls', 'DEPTH_ZERO_SELF_SIGNED_CERT'])
    const trusted = withTls({ caFile: made.file('self.pem') })
    expect((await ask(clientOf(origin, trusted))).body.toString()).toBe('undefined')
    expect((await ask(clientOf(origin, withTls({ verify: false })))).status).toBe(200)
  })

  it('is refused where its time is over', async () => {
    const origin = await serverWith('expired.pem')
    const { failure, failureDetail } = await ask(
      clientOf(origin, withTls({ caFile: made.file('expired.pem') })),
    )
    expect([failure, failureDetail]).toEqual(['tls', 'CERT_HAS_EXPIRED'])
  })

  it('is refused where it is of another name than is asked for', async () => {
    const origin = await serverWith('self.pem')
    const caFile = made.file('self.pem')
    const { failure, failureDetail } = await ask(
      clientOf(origin, withTls({ caFile, serverName: 'shop.example' })),
    )
    expect([failure, failureDetail]).toEqual(['tls', 'ERR_TLS_CERT_ALTNAME_INVALID'])
    expect((await ask(clientOf(origin, withTls({ caFile, serverName: 'localhost' })))).status).toBe(200)
  })

  it('is shown the certificate of the client, and refuses one who has none', async () => {
    const origin = await serverWith('self.pem', { requestCert: true, ca: made.pem('self.pem') })
    const files = { certFile: made.file('self.pem'), keyFile: made.file('key.pem') }
    expect((await ask(clientOf(origin, withTls({ verify: false, ...files })))).body.toString()).toBe(
      'localhost',
    )
    expect(['tls', 'reset']).toContain((await ask(clientOf(origin, withTls({ verify: false })))).failure)
  })

  it('that is none, or hangs up in the handshake', async () => {
    const plain = await hostileServer((socket) => socket.write(reply(400, '')))
    const { failure, failureDetail } = await ask(clientOf(plain.origin.replace('http:', 'https:')))
    expect(failure).toBe('tls')
    expect(failureDetail).toMatch(/^(ERR_SSL_\w+|EPROTO)$/)
    const rude = await hostileServer((socket) => socket.destroy())
    expect((await ask(clientOf(rude.origin.replace('http:', 'https:')))).failure).toBe('tls')
  })

  it('is no HTTP to who asks without', async () => {
    const origin = (await serverWith('self.pem')).replace('https:', 'http:')
    expect(['framing', 'reset']).toContain((await ask(clientOf(origin))).failure)
  })
})

it('needs the files that it names', () => {
  const tls = { verify: true, caFile: '/nowhere/ca.pem', certFile: null, keyFile: null, serverName: null }
  expect(() => clientOf('https://127.0.0.1:1', { tls })).toThrow(
    'client.tls.caFile: cannot read /nowhere/ca.pem (ENOENT): correct the path, or make the file',
  )
})
