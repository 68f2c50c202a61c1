/** Trace ids that a seed determines: 32 hex digits, one per request of a client. */
import { mixKeys } from '../core/index.ts'

const HEX = Buffer.from('0123456789abcdef')
const digits = Buffer.alloc(32)

/** @param key the request's key; all 128 bits follow from it */
export function traceId(key: number): string {
  for (let word = 0; word < 4; word++) {
    const bits = mixKeys(key, word + 1)
    for (let i = 0; i < 8; i++) digits[word * 8 + i] = HEX[(bits >>> (28 - 4 * i)) & 15]!
  }
  return digits.toString('latin1')
}
