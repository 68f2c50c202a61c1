/**
 * Which instance answered, as the answer itself tells: by a response header, or by a cookie that the balancer sets.
 *
 * nginx lists all that it tried in `$upstream_addr`, the one that answered last: `10.0.0.1:80, 10.0.0.2:80`, with
 * ` : ` between groups of servers. HAProxy says `<NOSRV>` where it chose none.
 */
import type { CaptureSettings } from '../../../scenario/index.ts'
import type { HttpResult } from '../engine/http-client.ts'

export type InstanceSource = Pick<CaptureSettings, 'instanceHeader' | 'instanceCookie'>

const SEPARATOR = /\s*,\s*|\s+:\s+/
/** What stands where there was no instance. */
const NOBODY = new Set(['', '-', '<NOSRV>'])
const NONE: readonly string[] = []

/** The instances that were tried for an answer, in their order: the last one gave it. Empty if it does not tell. */
export function namedInstances(
  headers: HttpResult['headers'],
  { instanceHeader, instanceCookie }: InstanceSource,
): readonly string[] {
  const header = instanceHeader === null ? undefined : headers[instanceHeader]
  if (header !== undefined) {
    const named = String(header)
      .split(SEPARATOR)
      .filter((name) => !NOBODY.has(name))
    if (named.length > 0) return named
  }
  if (instanceCookie === null) return NONE
  const value = cookieValue(headers['set-cookie'], instanceCookie)
  return value === undefined || NOBODY.has(value) ? NONE : [value]
}

/**
 * The id of the instance that goes by this name.
 *
 * @param listed ids by name, if the scenario lists them: then nobody else is an instance
 */
export function instanceId(
  name: string,
  listed: Readonly<Record<string, string>> | undefined,
): string | undefined {
  if (listed === undefined) return name
  // An answer may as well say "constructor".
  return Object.hasOwn(listed, name) ? listed[name] : undefined
}

/** Value of a cookie that an answer sets; undefined if it does not. */
export function cookieValue(setCookie: string | string[] | undefined, name: string): string | undefined {
  if (setCookie === undefined) return undefined
  for (const cookie of Array.isArray(setCookie) ? setCookie : [setCookie]) {
    const [pair] = cookie.split(';', 1)
    const equals = pair!.indexOf('=')
    if (equals !== -1 && pair!.slice(0, equals).trim() === name) return pair!.slice(equals + 1).trim()
  }
  return undefined
}
