/** What TLS connections trust and show: the settings of `client.tls`, with the contents of their files. */
import { readFileSync } from 'node:fs'
import { ConfigError } from '../../../core/index.ts'
import type { TlsSettings } from '../../../scenario/index.ts'

/** As `tls.connect` takes them. */
export interface TlsOptions {
  readonly rejectUnauthorized: boolean
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
  readonly servername?: string
}

/** @throws ConfigError if a file cannot be read */
export function tlsOptions({ verify, caFile, certFile, keyFile, serverName }: TlsSettings): TlsOptions {
  return {
    rejectUnauthorized: verify,
    ...(caFile === null ? {} : { ca: read('caFile', caFile) }),
    ...(certFile === null ? {} : { cert: read('certFile', certFile) }),
    ...(keyFile === null ? {} : { key: read('keyFile', keyFile) }),
    ...(serverName === null ? {} : { servername: serverName }),
  }
}

function read(field: string, file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError(
      `client.tls.${field}: cannot read ${file} (${code}): correct the path, or make the file`,
    )
  }
}
