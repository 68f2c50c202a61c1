/**
 * Lines of access logs: the common log format (CERN and NCSA httpd, 1993) and the combined one of Apache and nginx, with
 * or without a virtual host in front. What counts is the time in brackets and the request in quotes.
 */
import type { LineReader } from './trace-line.ts'
import { loggedTime } from './trace-time.ts'

/** Behind the time: `"GET /path HTTP/1.1"`; HTTP/0.9 has no version. */
const REQUEST = /\] "([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?"/

export const readAccessLogLine: LineReader = (text, line) => {
  const ms = loggedTime(text)
  if (ms === undefined) return 'no time such as [10/Oct/2000:13:55:36 +0000]'
  const request = REQUEST.exec(text)
  line.ms = ms
  line.relative = false
  // A request that is none (a TLS handshake, a scanner) came all the same.
  line.method = request === null ? '' : request[1]!
  line.path = request === null ? '' : request[2]!
  line.service = ''
  line.session = ''
  return undefined
}
