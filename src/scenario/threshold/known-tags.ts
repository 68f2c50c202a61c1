/** The tags that requests of a scenario can have, and the values of each: what a threshold may select by. */

import { SERVICE_KEYS } from '../fields.ts'
import type { MetricType } from '../flow/flow.ts'
import { ACTIONS, type Behavior } from '../scenario.ts'

/** Known of every request without anybody saying so. */
export const BUILT_IN_TAGS = [
  'phase',
  'profile',
  'action',
  'service',
  'status',
  'failure',
  'expected',
] as const

/** What a shopper does beside the actions of a page. */
const SIGNING_IN = ['register', 'login', 'cartView']

export interface KnownTags {
  /** Tag to its values; null where they are not known before the run. */
  readonly values: ReadonlyMap<string, ReadonlySet<string> | null>
  readonly checks: ReadonlySet<string>
  /** Metrics that scripts measure. */
  readonly metrics: ReadonlyMap<string, MetricType>
}

interface Named {
  readonly name: string
  readonly tags?: Readonly<Record<string, unknown>>
}

/** @param replays whether requests of a trace are replayed, whose names nobody knows before */
export function knownTags(
  phases: readonly Named[],
  behaviors: readonly Behavior[],
  replays: boolean,
): KnownTags {
  const flows = behaviors.filter((behavior) => behavior.kind === 'flow')
  const requests = flows.flatMap((flow) => flow.requests)
  const hasShoppers = flows.length < behaviors.length
  const values = new Map<string, Set<string> | null>([
    ['phase', new Set(phases.map(({ name }) => name))],
    ['profile', new Set(behaviors.map(({ name }) => name))],
    [
      'action',
      new Set([...(hasShoppers ? [...ACTIONS, ...SIGNING_IN] : []), ...requests.map(({ name }) => name)]),
    ],
    ['service', new Set(SERVICE_KEYS)],
    ['status', null],
    ['failure', null],
    ['expected', new Set(['true', 'false'])],
  ])
  if (replays) for (const tag of ['profile', 'action']) values.set(tag, null)
  for (const { tags = {} } of [...phases, ...behaviors, ...requests]) {
    for (const [tag, value] of Object.entries(tags)) {
      if (!values.has(tag)) values.set(tag, new Set())
      values.get(tag)?.add(String(value))
    }
  }
  return {
    values,
    checks: new Set([...SHOPPER_CHECKS, ...requests.flatMap(({ checks }) => Object.keys(checks))]),
    metrics: new Map(
      requests.flatMap(({ metrics }) =>
        Object.entries(metrics).map(([name, { type }]) => [name, type] as const),
      ),
    ),
  }
}

/** By their names in `traffic/shopper.ts`. */
const SHOPPER_CHECKS = ['login gives a token', 'the cart has what was added', 'the order has a number']
