/**
 * The cart service's own fault injection, as the predecessor's DegradationController has it. It is about the one
 * replica that the balancer happened to choose. Parameters stand in the query.
 */
import { type JsonObject, type Process, pause, type Reply } from '../../core/index.ts'
import { type Activity, Degradation, type DegradationKind } from '../degradation.ts'
import { answer, type Endpoint, type EndpointCall, isReply, refuse } from '../endpoint.ts'
import type { Host } from '../host.ts'
import { queryInteger } from '../query.ts'

const service = 'cart-service'
const MEMORY_STEP_MS = 1000
const LONGEST_SECONDS = 86_400

interface Parameter {
  readonly name: string
  readonly preset: number
  readonly low: number
  readonly high: number
}

interface Injection {
  readonly kind: DegradationKind
  readonly title: string
  readonly level: Parameter
  readonly seconds: Parameter
}

function forSeconds(name: string, preset: number): Parameter {
  return { name, preset, low: 1, high: LONGEST_SECONDS }
}

const INJECTIONS: readonly Injection[] = [
  {
    kind: 'cpu',
    title: 'CPU degradation',
    level: { name: 'intensityPercent', preset: 50, low: 1, high: 100 },
    seconds: forSeconds('durationSeconds', 300),
  },
  {
    kind: 'memory',
    title: 'Memory degradation',
    level: { name: 'memoryPercent', preset: 70, low: 1, high: 100 },
    seconds: forSeconds('durationSeconds', 300),
  },
  {
    kind: 'latency',
    title: 'Latency degradation',
    level: { name: 'delayMs', preset: 100, low: 0, high: 600_000 },
    seconds: forSeconds('durationSeconds', 300),
  },
  {
    kind: 'errors',
    title: 'Error injection',
    level: { name: 'errorRatePercent', preset: 30, low: 0, high: 100 },
    seconds: forSeconds('durationSeconds', 300),
  },
  {
    kind: 'gradual',
    title: 'Gradual degradation',
    level: { name: 'phases', preset: 4, low: 1, high: 100 },
    seconds: forSeconds('totalDurationSeconds', 600),
  },
]
/** What `stop-all` stops: the predecessor's forgets the errors, and so does its status. */
const REMEMBERED = INJECTIONS.filter(({ kind }) => kind !== 'errors')

/** A handler as it answers while the replica degrades itself: later, or not at all. */
export function degradable(
  handle: (call: EndpointCall) => Reply | Process<Reply>,
): (call: EndpointCall) => Reply | Process<Reply> {
  return (call) => (call.host.replica.degradation === undefined ? handle(call) : troubled(call, handle))
}

function* troubled(
  call: EndpointCall,
  handle: (call: EndpointCall) => Reply | Process<Reply>,
): Process<Reply> {
  const { request, now, host } = call
  const trouble = host.replica.degradation!.trouble(now())
  if (trouble.pauseMs > 0) yield* pause(trouble.pauseMs)
  if (trouble.fails) return refuse(500, 'Simulated service degradation', request, now())
  const result = handle(call)
  return isReply(result) ? result : yield* result
}

function* start(injection: Injection, { request, state, now, host }: EndpointCall): Process<Reply> {
  const { kind, title, level, seconds } = injection
  const wrong: Record<string, string> = {}
  const read = (parameter: Parameter): number => {
    const value = queryInteger(request.path, parameter.name, parameter)
    if (value === undefined)
      wrong[parameter.name] = `must be a whole number from ${parameter.low} to ${parameter.high}`
    return value ?? Number.NaN
  }
  const amount = read(level)
  const duration = read(seconds)
  if (Object.keys(wrong).length > 0) return refuse(400, 'Validation failed', request, now(), wrong)
  const { replica } = host
  const degradation = (replica.degradation ??= new Degradation(
    replica.workers,
    state.random.stream(`degradation/${replica.id}`),
  ))
  if (degradation.isActive(kind, now())) return refuse(400, `${title} is already active`, request, now())
  const activity = degradation.start(kind, amount, duration * 1000, now())
  if (kind === 'cpu' || kind === 'memory')
    yield { kind: 'spawn', process: carryOut(host, degradation, kind, activity, now) }
  return answer(200, { message: `${title} started`, status: 'active', duration, [level.name]: amount })
}

/** Makes the replica feel it until it is over, or until another one or none takes its place. */
function* carryOut(
  host: Host,
  degradation: Degradation,
  kind: DegradationKind,
  activity: Activity,
  now: () => number,
): Process<void> {
  let waitMs = 0
  for (;;) {
    yield* pause(waitMs)
    if (host.replica.degradation !== degradation || !degradation.isLatest(kind, activity)) return
    host.befall(degradation.effectAt(now()))
    const leftMs = activity.endMs - now()
    if (leftMs <= 0) return
    waitMs = kind === 'memory' ? Math.min(MEMORY_STEP_MS, leftMs) : leftMs
  }
}

function* stop(injections: readonly Injection[], what: string, { now, host }: EndpointCall): Process<Reply> {
  const { degradation } = host.replica
  let stopped = 0
  for (const { kind } of injections) if (degradation?.stop(kind, now())) stopped++
  if (degradation !== undefined) yield { kind: 'spawn', process: feel(host, degradation, now) }
  const message = stopped > 0 ? `${what} stopped` : `${what} was not active`
  return answer(200, { message, status: 'inactive', duration: 0 })
}

/** Makes the replica feel what is left. */
function* feel(host: Host, degradation: Degradation, now: () => number): Process<void> {
  yield* pause(0)
  if (host.replica.degradation === degradation) host.befall(degradation.effectAt(now()))
}

function status({ now, host }: EndpointCall): Reply {
  const { id, degradation } = host.replica
  const nowMs = now()
  const shown: Record<string, JsonObject> = {}
  for (const { kind, level } of REMEMBERED) {
    const amount = degradation?.shownLevel(kind, nowMs) ?? 0
    const endMs = degradation?.activity(kind, nowMs)?.endMs ?? nowMs
    shown[kind] = {
      active: degradation?.isActive(kind, nowMs) ?? false,
      [level.name]: amount,
      remainingSeconds: Math.ceil((endMs - nowMs) / 1000),
    }
  }
  shown.gradual = { ...shown.gradual!, currentPhase: degradation?.gradualPhase(nowMs) ?? 0 }
  const active = Object.values(shown).some((one) => one.active === true)
  return answer(200, { instance: id, status: active ? 'active' : 'inactive', ...shown })
}

const work = { meanMs: 2, sigma: 0.3 }

function controls(injection: Injection): Endpoint[] {
  const { kind, title } = injection
  const starts: Endpoint = {
    name: `cart.${kind}Start`,
    service,
    method: 'POST',
    path: `/api/degradation/${kind}/start`,
    work,
    handle: (call) => start(injection, call),
  }
  if (kind === 'gradual') return [starts]
  const stops: Endpoint = {
    name: `cart.${kind}Stop`,
    service,
    method: 'POST',
    path: `/api/degradation/${kind}/stop`,
    work,
    handle: (call) => stop([injection], title, call),
  }
  return [starts, stops]
}

export const degradationEndpoints: readonly Endpoint[] = [
  ...INJECTIONS.flatMap(controls),
  {
    name: 'cart.degradationStatus',
    service,
    method: 'GET',
    path: '/api/degradation/status',
    work,
    handle: status,
  },
  {
    name: 'cart.degradationStop',
    service,
    method: 'POST',
    path: '/api/degradation/stop-all',
    work,
    handle: (call) => stop(REMEMBERED, 'All degradation', call),
  },
]
