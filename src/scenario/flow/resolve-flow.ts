/** From a flow of a file to a resolved one. */
import type { Tags } from '../../core/index.ts'
import { fullServiceName } from '../fields.ts'
import type { FlowBehavior } from '../scenario.ts'
import {
  type Expectation,
  type FlowData,
  type FlowRequest,
  type Matcher,
  METHODS,
  type MetricSource,
  type Source,
} from './flow.ts'
import type {
  ExpectationFile,
  FlowFile,
  MatcherFile,
  MetricFile,
  RequestFile,
  SourceFile,
} from './flow-schema.ts'

/** @param data of the flow, read already */
export function resolveFlow(name: string, file: FlowFile, data: FlowData | undefined): FlowBehavior {
  return {
    kind: 'flow',
    name,
    description: file.description,
    ...tagsOf(file.tags),
    ...(data === undefined ? {} : { data }),
    requests: file.requests.map((request) => resolveRequest(request, file)),
  }
}

/** The tags of a phase or a behaviour, where there are any. */
export function tagsOf(tags: Readonly<Record<string, string | number | boolean>>): { readonly tags?: Tags } {
  return Object.keys(tags).length === 0 ? {} : { tags: resolveTags(tags) }
}

/** Values are texts, whatever YAML took them for. */
function resolveTags(tags: Readonly<Record<string, string | number | boolean>>): Tags {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, String(value)]))
}

function resolveRequest(file: RequestFile, flow: FlowFile): FlowRequest {
  const method = METHODS.find((one) => file[keyOfMethod(one)] !== undefined)!
  return {
    name: file.name,
    method,
    service: file.service === undefined ? '' : fullServiceName(file.service),
    path: file[keyOfMethod(method)]!,
    headers: lowerCased(file.headers),
    ...(file.body === undefined ? {} : { body: file.body }),
    tags: resolveTags(file.tags),
    expect: resolveExpectation(file.expect),
    checks: mapped(file.checks, resolveExpectation),
    capture: mapped(file.capture, (source) =>
      typeof source === 'string' ? { json: source } : sourceOf(source)!,
    ),
    metrics: mapped(file.metrics, resolveMetric),
    thinkTimeSeconds: file.thinkTimeSeconds ?? flow.thinkTimeSeconds,
  }
}

export function keyOfMethod<M extends (typeof METHODS)[number]>(method: M): Lowercase<M> {
  return method.toLowerCase() as Lowercase<M>
}

function resolveExpectation({ status, contains, json, headers }: ExpectationFile): Expectation {
  return {
    ...(status === undefined ? {} : { status: Array.isArray(status) ? status : [status] }),
    ...(contains === undefined ? {} : { contains }),
    ...(json === undefined ? {} : { json: mapped(json, resolveMatcher) }),
    ...(headers === undefined ? {} : { headers: lowerCased(mapped(headers, resolveMatcher)) }),
  }
}

function resolveMatcher(file: MatcherFile | string | number | boolean | null): Matcher {
  return file === null || typeof file !== 'object' ? { equals: file } : file
}

function resolveMetric({ type, equals, ...place }: MetricFile): MetricSource {
  return { type, source: sourceOf(place) ?? null, ...(equals === undefined ? {} : { equals }) }
}

/** Exactly one place is named, or none: the rules have seen to it. */
function sourceOf({ json, header, text }: SourceFile): Source | undefined {
  if (json !== undefined) return { json }
  if (header !== undefined) return { header: header.toLowerCase() }
  return text === undefined ? undefined : { text }
}

function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  of: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value)]))
}

function lowerCased<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]))
}
