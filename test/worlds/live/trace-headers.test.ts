import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOf } from '../../../src/core/index.ts'
import { readTraceContext, type TraceContext, traceHeaders } from '../../../src/worlds/live/trace-headers.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const CONTEXT: TraceContext = {
  trace: TRACE,
  phase: 'peak',
  profile: 'quick-browser',
  hop: 1,
  attempt: 0,
  key: 0xdeadbeef,
}

/** As Node hands headers over: names in lower case, by name. */
function headersOf(context: TraceContext): Record<string, string> {
  const flat = traceHeaders(context)
  return Object.fromEntries(flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]!]] : [])))
}

const anyName = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a,b', 'x=1,loadgen.hop=9', '50 %', 'späte Stunde 🌙', 'line\r\nbreak', '"quoted"', ''),
)
const anyContext = fc.record({
  trace: fc.stringMatching(/^[0-9a-f]{32}$/),
  phase: anyName,
  profile: anyName,
  hop: fc.integer({ min: 0, max: 9 }),
  attempt: fc.integer({ min: 0, max: 21 }),
  key: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
})

describe('a context', () => {
  it('comes back as it was, whatever phases and profiles are called', () => {
    fc.assert(
      fc.property(anyContext, (context) => {
        expect(readTraceContext(headersOf(context))).toEqual(context)
      }),
      { numRuns: 500 },
    )
  })

  it('is written in the forms of W3C Trace Context and W3C Baggage', () => {
    const headers = headersOf({ ...CONTEXT, phase: 'a, b; c=1 %' })
    expect(headers['x-trace-id']).toBe(TRACE)
    expect(headers.traceparent).toMatch(new RegExp(`^00-${TRACE}-deadbeef[0-9a-f]{8}-01$`))
    expect(headers.baggage).toBe(
      'loadgen.phase=a%2C%20b%3B%20c%3D1%20%25,loadgen.profile=quick-browser,loadgen.hop=1,loadgen.attempt=0',
    )
  })

  it('is written in printable ASCII only, as a header must be', () => {
    fc.assert(
      fc.property(anyContext, (context) => {
        for (const value of Object.values(headersOf(context))) expect(value).toMatch(/^[\x20-\x7e]*$/)
      }),
    )
  })
})

describe('a client that is not ours', () => {
  it('gets a valid trace id of its own, and the key that follows from it', () => {
    const [a, b] = [readTraceContext({}), readTraceContext({})]
    for (const { trace, key, ...rest } of [a, b]) {
      expect(trace).toMatch(/^[0-9a-f]{32}$/)
      expect(key).toBe(keyOf(trace))
      expect(rest).toEqual({ phase: '', profile: '', hop: 0, attempt: 0 })
    }
    expect(a.trace).not.toBe(b.trace)
  })

  it('keeps a trace id that it brings', () => {
    expect(readTraceContext({ 'x-trace-id': TRACE })).toMatchObject({ trace: TRACE, key: keyOf(TRACE) })
  })

  it.each(['', 'abc', TRACE.toUpperCase(), `${TRACE}0`, `${TRACE}\n`, `g${TRACE.slice(1)}`])(
    'loses the trace id %j, which is none',
    (bad) => {
      const { trace } = readTraceContext({ 'x-trace-id': bad })
      expect(trace).toMatch(/^[0-9a-f]{32}$/)
      expect(trace).not.toBe(bad)
    },
  )
})

describe('malformed headers', () => {
  it.each([
    '',
    'nonsense',
    `00-${TRACE}-deadbeef`,
    `00-${TRACE}-XXXXXXXXXXXXXXXX-01`,
    `00-${TRACE}-dead-beef0000000-01`,
    'x'.repeat(55),
    'x'.repeat(5000),
  ])('such as the traceparent %j leave the key to the trace id', (traceparent) => {
    const { key } = readTraceContext({ 'x-trace-id': TRACE, traceparent })
    expect(key).toBe(keyOf(TRACE))
  })

  it.each([
    ['', {}],
    ['loadgen.phase', {}],
    ['loadgen.phase=%E0%A4%A,loadgen.hop=1', { hop: 1 }],
    ['loadgen.phase=%,loadgen.profile=x', { profile: 'x' }],
    ['loadgen.hop=many', {}],
    ['loadgen.hop=-3', {}],
    ['loadgen.hop=1e999', {}],
    ['loadgen.hop=0.5', {}],
    ['loadgen.attempt=2,loadgen.hop=1', { attempt: 2, hop: 1 }],
    ['loadgen.attempt=-1', {}],
    ['loadgen.attempt=1e3', {}],
    ['other=1,,=,;', {}],
    ['other=1, loadgen.phase=peak', { phase: 'peak' }],
    ['notloadgen.phase=wrong,loadgen.phase=right', { phase: 'right' }],
    ['loadgen.phase=peak;ttl=3,loadgen.hop=1', { phase: 'peak', hop: 1 }],
    ['loadgen.phase = peak , loadgen.hop = 1', { phase: 'peak', hop: 1 }],
  ])('such as the baggage %j tell what can be understood', (baggage, told) => {
    const { phase, profile, hop, attempt } = readTraceContext({ 'x-trace-id': TRACE, baggage })
    expect({ phase, profile, hop, attempt }).toEqual({ phase: '', profile: '', hop: 0, attempt: 0, ...told })
  })
})
