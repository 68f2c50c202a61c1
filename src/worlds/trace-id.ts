/** Trace ids that a seed determines: 32 hex digits, one per request of a client. */
import { mixKeys } from '../core/index.ts'

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** @param key the request's key; all 128 bits follow from it */
export function traceId(key: number): string {
  let text = ''
  for (let word = 0; word < 4; word++) {
    const bits = mixKeys(key, word + 1)
    text += HEX[bits >>> 24]! + HEX[(bits >>> 16) & 255]! + HEX[(bits >>> 8) & 255]! + HEX[bits & 255]!
  }
  return text
}
