/**
 * Which program made a result: its version, and a fingerprint of the code that decides what a replay comes to. Results
 * that are kept are of use only as long as the same replay would come to the same.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PRODUCT_VERSION } from '../../core/index.ts'

/** `src/`, or `dist/`, where the build has left what it was made from. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
export const FINGERPRINT_FILE = 'sources-fingerprint'
const BUILT = join(ROOT, FINGERPRINT_FILE)
/** Below it: what replays are made of. */
const PARTS = [
  'core',
  'stats',
  'scenario',
  'traffic',
  'shop',
  'routing',
  'experience',
  'learning',
  'worlds',
  'study',
]

let fingerprint: string | undefined

/** `0.1.0+3f9a2c417b0d`: a change in any file of those rooms gives another one. */
export function programVersion(): string {
  fingerprint ??= existsSync(BUILT) ? readFileSync(BUILT, 'utf8') : fingerprintOf(ROOT)
  return `${PRODUCT_VERSION}+${fingerprint}`
}

/** @param root of the sources */
export function fingerprintOf(root: string): string {
  const hash = createHash('sha256')
  for (const part of PARTS) {
    const files = readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((name) => name.endsWith('.ts')).sort()) {
      hash.update(`${part}/${file}\n`).update(readFileSync(join(root, part, file)))
    }
  }
  return hash.digest('hex').slice(0, 12)
}
