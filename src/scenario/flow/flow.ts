/**
 * Flows: behaviours that are scripted requests in place of a shopper's choices. One pass through the requests is a
 * session of the flow (k6: an iteration).
 *
 * The words are those of the tools that people come from: `expect` and `capture` as in Artillery, `checks`, `tags` and
 * the four kinds of metric as in k6.
 */
import type { Json, Method, Tags } from '../../core/index.ts'
import type { Range, ServiceName } from '../scenario.ts'

export const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
] as const satisfies readonly Method[]

/** What every template knows without anybody capturing it. */
export const BUILT_IN_VARIABLES = ['user', 'iteration', 'random'] as const

/** A place in a reply: a path into its JSON, the name of a header, or a pattern whose group (or all of it) is taken. */
export type Source = { readonly json: string } | { readonly header: string } | { readonly text: string }

export type Scalar = string | number | boolean | null

/** What a value is to be: all that is said must hold. Of lists and texts `atLeast` and `atMost` bound the length. */
export interface Matcher {
  readonly exists?: boolean
  readonly equals?: Scalar
  readonly contains?: string
  readonly matches?: string
  readonly atLeast?: number
  readonly atMost?: number
}

/** What a reply is to be: all that is said must hold. */
export interface Expectation {
  /** Statuses (200) and classes of them (2xx). */
  readonly status?: readonly (number | string)[]
  /** Text somewhere in the body. */
  readonly contains?: string
  /** By path into the JSON of the body. */
  readonly json?: Readonly<Record<string, Matcher>>
  /** By name of the header, in lower case. */
  readonly headers?: Readonly<Record<string, Matcher>>
}

/** counter: a sum; gauge: the last value; rate: the share that is true; trend: the distribution of the values. */
export const METRIC_TYPES = ['counter', 'gauge', 'rate', 'trend'] as const
export type MetricType = (typeof METRIC_TYPES)[number]

export interface MetricSource {
  readonly type: MetricType
  /** Where its value stands; without it, every reply adds 1. */
  readonly source: Source | null
  /** Rates only: what the value is to be to count as true; without it, whatever is neither 0, false nor empty. */
  readonly equals?: Scalar
}

/** How the rows are gone through. */
export const DATA_ORDERS = ['sequential', 'shuffled', 'random', 'per-user'] as const

/** Rows whose columns are variables of a pass. */
export interface FlowData {
  readonly order: (typeof DATA_ORDERS)[number]
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Scalar[])[]
}

/** One request. Texts in which variables may stand (`${sku}`): path, header values, body, texts of `expect` and `checks`. */
export interface FlowRequest {
  readonly name: string
  readonly method: Method
  /** Empty: the path is the target's own. */
  readonly service: ServiceName | ''
  readonly path: string
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Text is sent as it stands, anything else as JSON. */
  readonly body?: Json
  readonly tags: Tags
  readonly expect: Expectation
  /** By name: recorded, but no reason for the request to fail. */
  readonly checks: Readonly<Record<string, Expectation>>
  /** Variable to where its value stands. */
  readonly capture: Readonly<Record<string, Source>>
  readonly metrics: Readonly<Record<string, MetricSource>>
  /** Pause after it, at medium intensity. */
  readonly thinkTimeSeconds: Range
}
