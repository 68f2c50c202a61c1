import { describe, expect, it } from 'vitest'
import { loggedTime, traceTime } from '../../../src/scenario/trace/trace-time.ts'

const NOON = Date.UTC(2024, 4, 1, 12)

describe('a cell of a column of times', () => {
  it.each([
    ['2024-05-01T12:00:00Z', NOON],
    ['2024-05-01T12:00:00', NOON],
    ['2024-05-01 12:00:00', NOON],
    ['2024-05-01 12:00', NOON],
    ['2024-05-01', NOON - 12 * 3_600_000],
    ['2024-05-01T12:00:00.25Z', NOON + 250],
    ['2024-05-01 12:00:00,123', NOON + 123],
    ['2024-05-01T12:00:00.123456789Z', NOON + 123.456789],
    ['2024-05-01T14:30:00+02:30', NOON],
    ['2024-05-01T14:30:00+0230', NOON],
    ['2024-05-01T11:00:00-01', NOON],
    [String(NOON / 1000), NOON],
    [`${NOON / 1000}.5`, NOON + 500],
    [String(NOON), NOON],
    [String(NOON * 1000), NOON],
    [`${NOON}000000`, NOON],
  ])('%s', (text, ms) => expect(traceTime(text, 1000)).toEqual({ ms, relative: false }))

  it.each(['', 'yesterday', '2024-13-01T12:00:00Z', '2024-05-01T25:00', '-5', 'NaN', 'Infinity', '12:00'])(
    '"%s" is none',
    (text) => expect(traceTime(text, 1000)).toBeUndefined(),
  )

  it('small numbers count seconds from the start of something, or ms where the column says so', () => {
    expect(traceTime('90.5', 1000)).toEqual({ ms: 90_500, relative: true })
    expect(traceTime('90.5', 1)).toEqual({ ms: 90.5, relative: true })
    // More than a day of ms is still no time since 1970.
    expect(traceTime('200000000', 1)).toEqual({ ms: 2e8, relative: true })
  })
})

describe('the time of an access log', () => {
  it('is read with its zone', () => {
    const line = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326'
    expect(loggedTime(line)).toBe(Date.UTC(2000, 9, 10, 20, 55, 36))
  })

  it.each([
    '[10/Okt/2000:13:55:36 +0000]',
    '[40/Oct/2000:13:55:36 +0000]',
    '[31/Feb/2000:13:55:36 +0000]',
    '10/Oct/2000:13:55:36 +0000',
    '',
  ])('%s is none', (text) => expect(loggedTime(text)).toBeUndefined())
})
