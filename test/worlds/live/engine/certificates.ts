/** Certificates for servers on loopback, made by openssl in a folder of their own. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const OPENSSL = 'openssl'

export const hasOpenssl = spawnSync(OPENSSL, ['version']).status === 0
if (!hasOpenssl) console.warn(`SKIPPED: no ${OPENSSL} here, so nothing with TLS is tested`)

export interface Certificates {
  /** Path of a file: `key.pem`, `self.pem`, `expired.pem`. */
  file(name: string): string
  pem(name: string): Buffer
  remove(): void
}

/** One key; one certificate that is good for 127.0.0.1 and one that is over. Both are signed by nobody else. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(path.join(tmpdir(), 'loadgen-tls-'))
  const openssl = (...args: string[]) => execFileSync(OPENSSL, args, { cwd: folder, stdio: 'ignore' })
  const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'key.pem']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  openssl('req', '-x509', ...key, '-out', 'self.pem', '-days', '30', ...names)
  openssl('req', '-new', '-key', 'key.pem', '-subj', '/CN=localhost', '-out', 'old.csr')
  openssl('x509', '-req', '-in', 'old.csr', '-signkey', 'key.pem', '-out', 'expired.pem', '-days', '-1')
  const file = (name: string) => path.join(folder, name)
  return { file, pem: (name) => readFileSync(file(name)), remove: () => rmSync(folder, { recursive: true }) }
}
