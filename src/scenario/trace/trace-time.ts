/**
 * Times as files write them. Instants come out in ms since 1970; numbers that are too small for that count from the
 * start of something, and are said to be relative.
 */

/** Ms, and whether they count since 1970. NaN is no time. */
export interface TraceTime {
  readonly ms: number
  readonly relative: boolean
}

/** Below, a number of seconds would be a day before 1973: it rather counts from the start of a run. */
const LEAST_EPOCH_SECONDS = 1e8
/** Numbers since 1970 say by their size what they count: each unit begins where the one before means the year 5000. */
const UNITS: readonly (readonly [least: number, msPerUnit: number])[] = [
  [1e17, 1e-6],
  [1e14, 1e-3],
  [1e11, 1],
  [LEAST_EPOCH_SECONDS, 1000],
]
const NUMBER = /^[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?$/i
/** ISO 8601, with a space in place of the T too, and a comma before the fraction. */
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))? ?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i
/** As in `[10/Oct/2000:13:55:36 -0700]`. */
const LOGGED = /\[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\]/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * A cell of a column of times: ISO 8601 (UTC where it names no zone) or a number of seconds, ms, µs or ns since 1970, by
 * its size.
 *
 * @param smallUnitMs what numbers count that are too small for that: 1000, or 1 where the column says that it is in ms
 */
export function traceTime(text: string, smallUnitMs: number): TraceTime | undefined {
  if (NUMBER.test(text)) return numberTime(Number(text), smallUnitMs)
  const ms = isoTime(text)
  return ms === undefined ? undefined : { ms, relative: false }
}

function numberTime(value: number, smallUnitMs: number): TraceTime | undefined {
  if (!Number.isFinite(value) || value < 0) return undefined
  if (value * smallUnitMs < LEAST_EPOCH_SECONDS * 1000) return { ms: value * smallUnitMs, relative: true }
  const [, msPerUnit] = UNITS.find(([least]) => value >= least)!
  return { ms: value * msPerUnit, relative: false }
}

function isoTime(text: string): number | undefined {
  const match = ISO.exec(text)
  if (match === null) return undefined
  const [, date, clock = '00:00', fraction = '', zone = 'Z'] = match
  const minutes = zone.length === 3 ? ':00' : zone.length === 5 ? `:${zone.slice(3)}` : zone.slice(3)
  const zoneText = zone.length === 1 ? 'Z' : `${zone.slice(0, 3)}${minutes}`
  const seconds = clock.length === 5 ? `${clock}:00` : clock
  // Date.parse reads whole seconds everywhere; fractions of any length are ours to add.
  const ms = Date.parse(`${date}T${seconds}${zoneText}`)
  return Number.isNaN(ms) ? undefined : ms + (fraction === '' ? 0 : Number(`0.${fraction}`) * 1000)
}

/** The time of a line of an access log, whole seconds; undefined if it has none. */
export function loggedTime(line: string): number | undefined {
  const match = LOGGED.exec(line)
  if (match === null) return undefined
  const [, day, month, year, hour, minute, second, sign, zoneHours, zoneMinutes] = match
  const monthIndex = MONTHS.indexOf(month!)
  if (monthIndex < 0 || Number(hour) > 23 || Number(minute) > 59) return undefined
  const zoneMs = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000 * (sign === '-' ? -1 : 1)
  const dayMs = Date.UTC(Number(year), monthIndex, Number(day))
  // A 31st of a month that has none is no day, and not the first of the next.
  if (new Date(dayMs).getUTCDate() !== Number(day)) return undefined
  return dayMs + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 - zoneMs
}
