/**
 * Who caused a call, carried over HTTP: `X-Trace-Id` (32 hex digits), `traceparent` (W3C Trace Context, whose span
 * id carries the key that the size of the job is drawn from) and `baggage` (W3C Baggage: phase, profile, hop, attempt).
 */
import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { keyOf, mixKeys } from '../../core/index.ts'
import { putHex, putTraceId } from '../trace-id.ts'

export interface TraceContext {
  readonly trace: string
  /** Names, empty if not told. */
  readonly phase: string
  readonly profile: string
  readonly hop: number
  /** 0 for a first attempt. */
  readonly attempt: number
  /** Key of the call. */
  readonly key: number
}

const IDS_AT_A_TIME = 256
const TRACE_ID = /^[0-9a-f]{32}$/
/** Up to the half of the span id that is the key. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-([0-9a-f]{8})[0-9a-f]{8}-[0-9a-f]{2}$/
const PHASE = baggageMember('phase')
const PROFILE = baggageMember('profile')
const HOP = baggageMember('hop')
const ATTEMPT = baggageMember('attempt')

/** Names and values in turn. */
export function traceHeaders({ trace, phase, profile, hop, attempt, key }: TraceContext): string[] {
  const span = hex8(key) + hex8(mixKeys(key, 0))
  const baggage = baggageStart(phase, profile, hop) + attempt
  return ['x-trace-id', trace, 'traceparent', `00-${trace}-${span}-01`, 'baggage', baggage]
}

/** The baggage up to the number of the attempt. */
export function baggageStart(phase: string, profile: string, hop: number): string {
  return `loadgen.phase=${encodeURIComponent(phase)},loadgen.profile=${encodeURIComponent(profile)},loadgen.hop=${hop},loadgen.attempt=`
}

const parent = Buffer.from(`00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`)

/** The `traceparent` of a trace whose id follows from a key: the same as above, in one piece. */
export function traceparentOf(traceKey: number, key: number): string {
  putTraceId(parent, 3, traceKey)
  putHex(parent, 36, key)
  putHex(parent, 44, mixKeys(key, 0))
  return parent.toString('latin1')
}

/** The trace id in it. */
export function traceOf(traceparent: string): string {
  return traceparent.slice(3, 35)
}

/** Reads what `traceHeaders` wrote; a client that is not ours gets a new trace id, and a key that follows from it. */
export function readTraceContext(headers: IncomingHttpHeaders): TraceContext {
  const given = headers['x-trace-id']
  const trace = isTraceId(given) ? given : newTraceId()
  const span =
    typeof headers.traceparent === 'string' ? TRACEPARENT.exec(headers.traceparent)?.[1] : undefined
  const baggage = typeof headers.baggage === 'string' ? headers.baggage : ''
  return {
    trace,
    phase: baggageValue(baggage, PHASE),
    profile: baggageValue(baggage, PROFILE),
    hop: countOf(baggageValue(baggage, HOP)),
    attempt: countOf(baggageValue(baggage, ATTEMPT)),
    key: span === undefined ? keyOf(trace) : Number.parseInt(span, 16),
  }
}

export function isTraceId(text: string | string[] | undefined): text is string {
  return typeof text === 'string' && TRACE_ID.test(text)
}

let ids = ''
let nextId = 0

/** A new trace id. Randomness is fetched for many at a time: one by one it costs as much as parsing a request. */
export function newTraceId(): string {
  if (nextId === ids.length) {
    ids = randomBytes(16 * IDS_AT_A_TIME).toString('hex')
    nextId = 0
  }
  return ids.slice(nextId, (nextId += 32))
}

function baggageMember(name: string): RegExp {
  return new RegExp(`(?:^|,)\\s*loadgen\\.${name}\\s*=\\s*([^,;\\s]*)`)
}

function baggageValue(baggage: string, member: RegExp): string {
  try {
    return decodeURIComponent(member.exec(baggage)?.[1] ?? '')
  } catch {
    return ''
  }
}

/** A client may send anything; what it says must be a count. */
function countOf(text: string): number {
  return /^\d{1,3}$/.test(text) ? Number(text) : 0
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0')
}
