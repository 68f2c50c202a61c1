/**
 * A request of a flow, compiled once per run: what is sent, what is hoped for, and what is taken out of the reply.
 *
 * This is the hot path of plain load: a request without variables is one object that is sent again and again.
 */
import {
  type CallStep,
  failureClass,
  type Json,
  type JsonObject,
  type Reply,
  type Request,
  type Tags,
} from '../core/index.ts'
import type { FlowBehavior, FlowRequest, MetricSource, Range } from '../scenario/index.ts'
import {
  type Filled,
  filledJson,
  filledPath,
  filledText,
  headerText,
  plainText,
  textOf,
  type Variables,
} from './flow-text.ts'
import { acceptedStatuses, checkTest, contentTest, type ReplyTest } from './reply-test.ts'
import { type Taken, taken } from './reply-values.ts'
import type { SessionContext } from './session.ts'

const BEARER = /^Bearer\s+/i
const JSON_TYPE = 'application/json'
export const NO_VARIABLES: Variables = new Map()

interface Measured {
  readonly metric: string
  readonly value: (reply: Reply) => number
}

export class ScriptedRequest {
  readonly thinkTimeSeconds: Range
  /** A pause of none stays none, however much a phase varies. */
  readonly thinks: boolean
  readonly #name: string
  readonly #tags: Tags
  readonly #reads: NonNullable<CallStep['reads']>
  readonly #accepts: (status: number) => boolean
  readonly #content: ReplyTest | undefined
  readonly #checks: readonly (readonly [name: string, test: ReplyTest])[]
  readonly #captures: readonly (readonly [variable: string, value: Taken])[]
  readonly #metrics: readonly Measured[]
  readonly #build: Filled<Request>
  /** The step itself where no variable makes it another every time. */
  readonly #constant: CallStep | undefined

  constructor(request: FlowRequest, { tags }: FlowBehavior, isTemplated: boolean) {
    this.thinkTimeSeconds = request.thinkTimeSeconds
    this.thinks = request.thinkTimeSeconds[1] > 0
    this.#name = request.name
    this.#tags = Object.freeze({ ...tags, ...request.tags })
    this.#reads = readsOf(request)
    this.#accepts = acceptedStatuses(request.expect.status)
    this.#captures = Object.entries(request.capture).map(([variable, source]) => [variable, taken(source)])
    this.#content = contentTest(request.expect)
    this.#checks = Object.entries(request.checks).map(([name, expectation]) => [name, checkTest(expectation)])
    this.#metrics = Object.entries(request.metrics).map(([metric, source]) => ({
      metric,
      value: measureOf(source),
    }))
    this.#build = requestBuilder(request)
    this.#constant = isTemplated ? undefined : Object.freeze(this.#stepOf(NO_VARIABLES))
  }

  /** Whether replies are looked at, beside what the world makes of them. */
  get looks(): boolean {
    return this.#checks.length > 0 || this.#metrics.length > 0 || this.#captures.length > 0
  }

  step(variables: Variables): CallStep {
    return this.#constant ?? this.#stepOf(variables)
  }

  /**
   * Counts and captures what the reply holds.
   *
   * @returns whether the pass can go on: what a failed request was to capture, a later one may need
   */
  look(step: CallStep, reply: Reply, variables: Map<string, Json>, context: SessionContext): boolean {
    for (const [name, test] of this.#checks) context.check(name, test(reply, variables))
    if (this.#metrics.length === 0 && this.#captures.length === 0) return true
    if (failureClass(step, reply) !== null) return this.#captures.length === 0
    for (const { metric, value } of this.#metrics) context.measure(metric, value(reply))
    for (const [variable, value] of this.#captures) variables.set(variable, value(reply)!)
    return true
  }

  #stepOf(variables: Variables): CallStep {
    const verify = this.#verifier(variables)
    return {
      kind: 'call',
      request: this.#build(variables),
      name: this.#name,
      expects: 'success',
      mistake: undefined,
      accepts: this.#accepts,
      ...(verify === undefined ? {} : { verify }),
      reads: this.#reads,
      tags: this.#tags,
    }
  }

  /** A reply without what is to be captured from it is not the one that was hoped for. */
  #verifier(variables: Variables): ((reply: Reply) => boolean) | undefined {
    const content = this.#content
    const captures = this.#captures
    if (content === undefined && captures.length === 0) return undefined
    return (reply) =>
      (content === undefined || content(reply, variables)) &&
      captures.every(([, value]) => value(reply) !== undefined)
  }
}

/** No more of a reply is read than somebody wants to know. */
function readsOf({ expect, checks, capture, metrics }: FlowRequest): NonNullable<CallStep['reads']> {
  const expectations = [expect, ...Object.values(checks)]
  const sources = [...Object.values(capture), ...Object.values(metrics).map(({ source }) => source)]
  const wants = (place: 'json' | 'text'): boolean =>
    sources.some((source) => source !== null && place in source)
  // Whose JSON is read, its text is there, too.
  if (wants('json') || expectations.some(({ json }) => json !== undefined)) return 'json'
  return wants('text') || expectations.some(({ contains }) => contains !== undefined) ? 'text' : 'status'
}

function requestBuilder(request: FlowRequest): Filled<Request> {
  const { method, service } = request
  const plainPath = plainText(request.path)
  const path = filledPath(request.path) ?? (() => plainPath)
  const headers = headersBuilder(request)
  const body = bodyBuilder(request)
  return (variables) => {
    const { authorization, ...others } = headers(variables)
    const bearer = authorization !== undefined && BEARER.test(authorization)
    const sent = bearer || authorization === undefined ? others : { ...others, authorization }
    return {
      method,
      service,
      path: path(variables),
      ...(bearer ? { token: authorization.replace(BEARER, '') } : {}),
      ...(Object.keys(sent).length === 0 ? {} : { headers: sent }),
      ...body(variables),
    }
  }
}

function headersBuilder({ headers, body }: FlowRequest): Filled<Record<string, string>> {
  const fields = Object.entries(headers).map(([name, text]) => {
    const plain = headerText(plainText(text))
    return [name, filledText(text, headerText) ?? (() => plain)] as const
  })
  // A JSON object says itself what it is; of other JSON, which is sent as text, it must be said.
  const isOtherJson = body !== undefined && typeof body !== 'string' && !isObject(body)
  if (isOtherJson && headers['content-type'] === undefined) fields.push(['content-type', () => JSON_TYPE])
  return (variables) => Object.fromEntries(fields.map(([name, text]) => [name, text(variables)]))
}

function bodyBuilder({ body }: FlowRequest): Filled<Pick<Request, 'body' | 'rawBody'>> {
  if (body === undefined) return () => ({})
  if (typeof body === 'string') {
    const plain = plainText(body)
    const text = filledText(body) ?? (() => plain)
    return (variables) => ({ rawBody: text(variables) })
  }
  const value = filledJson(body)
  if (isObject(body)) return (variables) => ({ body: value(variables) as JsonObject })
  return (variables) => ({ rawBody: JSON.stringify(value(variables)) })
}

function isObject(body: Json): boolean {
  return body !== null && typeof body === 'object' && !Array.isArray(body)
}

/** NaN where the reply has no such number. */
function measureOf({ type, source, equals }: MetricSource): (reply: Reply) => number {
  if (source === null) return () => 1
  const value = taken(source)
  if (type !== 'rate') {
    return (reply) => {
      const found = value(reply)
      return typeof found === 'number' || (typeof found === 'string' && found.trim() !== '')
        ? Number(found)
        : Number.NaN
    }
  }
  return (reply) => {
    const found = value(reply)
    if (found === undefined) return Number.NaN
    if (equals !== undefined) return textOf(found) === textOf(equals) ? 1 : 0
    return found === false || found === 0 || found === '' || found === null ? 0 : 1
  }
}
