/**
 * Taking off the codings of a body (RFC 9110, section 8.4): gzip, deflate and br. What comes out is bounded as what
 * comes in is, so that a few kilobytes cannot become gigabytes.
 *
 * It is done in one go when the body is complete and its time has been taken: a body of megabytes then costs the
 * generator milliseconds, which its own lag shows.
 */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import type { Failure } from './failure-classes.ts'

/** Whoever nests more than this means no good. */
const MOST_CODINGS = 3
/** Low nibble of the first byte of a zlib stream: the method `deflate`. */
const ZLIB_METHOD = 8

/** @returns the body, or why there is none; as it is where a coding is not known */
export function decodeBody(body: Buffer, contentEncoding: string, mostBytes: number): Buffer | Failure {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
  if (codings.length > MOST_CODINGS) return { kind: 'framing', detail: 'content-encoding' }
  let decoded = body
  try {
    // The one that was put on last comes off first.
    for (const coding of codings.reverse()) {
      const decode = decoderOf(coding)
      if (decode === undefined || decoded.length === 0) return decoded
      decoded = decode(decoded, mostBytes)
    }
  } catch (error) {
    const { code = 'content-encoding' } = error as NodeJS.ErrnoException
    return { kind: code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'framing', detail: code }
  }
  return decoded
}

function decoderOf(coding: string): ((body: Buffer, mostBytes: number) => Buffer) | undefined {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return (body, maxOutputLength) => gunzipSync(body, { maxOutputLength })
    case 'deflate':
      // It ought to be zlib; some send the bare stream, and browsers take both.
      return (body, maxOutputLength) =>
        (body[0]! & 15) === ZLIB_METHOD
          ? inflateSync(body, { maxOutputLength })
          : inflateRawSync(body, { maxOutputLength })
    case 'br':
      return (body, maxOutputLength) => brotliDecompressSync(body, { maxOutputLength })
    default:
      return undefined
  }
}
