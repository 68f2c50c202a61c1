/**
 * A record as a flat row, for the formats that are tables. Names follow RLlib's columns where it has one (`eps_id`,
 * `agent_id`, `obs`, `actions`, `rewards`, `new_obs`, `terminateds`, `truncateds`), so that its readers need no renaming.
 * An episode is all that a run decided for one service; the next state of a row is that of its next decision.
 */
import { REWARD_PARTS } from '../../core/index.ts'
import type { ExperienceRecord, RecordedState } from '../record.ts'

export type Cell = string | number | boolean | null

export interface TableColumn {
  readonly name: string
  readonly type: 'STRING' | 'INT32' | 'DOUBLE' | 'BOOLEAN'
  readonly of: (record: ExperienceRecord) => Cell
}

/** One value per record. */
export const SCALAR_COLUMNS: readonly TableColumn[] = [
  { name: 'eps_id', type: 'STRING', of: ({ run, service }) => `${run}/${service}` },
  { name: 'agent_id', type: 'STRING', of: ({ service }) => service },
  { name: 'module_id', type: 'STRING', of: () => 'default_policy' },
  { name: 'run', type: 'STRING', of: ({ run }) => run },
  { name: 'decision', type: 'INT32', of: ({ decision }) => decision },
  { name: 'trace', type: 'STRING', of: ({ trace }) => trace },
  { name: 'hop', type: 'INT32', of: ({ hop }) => hop },
  { name: 't', type: 'DOUBLE', of: ({ t }) => t },
  { name: 'phase', type: 'STRING', of: ({ phase }) => phase },
  { name: 'profile', type: 'STRING', of: ({ profile }) => profile },
  { name: 'service', type: 'STRING', of: ({ service }) => service },
  { name: 'route', type: 'STRING', of: ({ route }) => route },
  { name: 'actions', type: 'INT32', of: ({ action }) => action?.index ?? null },
  { name: 'instance', type: 'STRING', of: ({ action }) => action?.instance ?? null },
  { name: 'strategy', type: 'STRING', of: ({ action }) => action?.strategy?.name ?? null },
  {
    name: 'action_prob',
    type: 'DOUBLE',
    of: ({ action, propensity }) => (action === null ? null : (propensity?.[action.index] ?? null)),
  },
  {
    name: 'propensity_estimated',
    type: 'BOOLEAN',
    of: ({ propensityEstimated }) => propensityEstimated === true,
  },
  { name: 'policy', type: 'STRING', of: ({ policy }) => policy?.id ?? null },
  { name: 'policy_version', type: 'STRING', of: ({ policy }) => policy?.version ?? null },
  { name: 'status', type: 'INT32', of: ({ outcome }) => outcome?.status ?? null },
  { name: 'latency_ms', type: 'DOUBLE', of: ({ outcome }) => outcome?.latencyMs ?? null },
  { name: 'queue_ms', type: 'DOUBLE', of: ({ outcome }) => outcome?.queueMs ?? null },
  { name: 'work_ms', type: 'DOUBLE', of: ({ outcome }) => outcome?.workMs ?? null },
  { name: 'failure', type: 'STRING', of: ({ outcome }) => outcome?.failure ?? null },
  { name: 'retry_of', type: 'INT32', of: ({ outcome }) => outcome?.retryOf ?? null },
  ...REWARD_PARTS.map(
    (part): TableColumn => ({
      name: `reward_${part}`,
      type: 'DOUBLE',
      of: ({ rewards }) => rewards?.[part] ?? null,
    }),
  ),
  { name: 'rewards', type: 'DOUBLE', of: ({ reward }) => (Number.isFinite(reward) ? reward : null) },
  { name: 'dt_ms', type: 'DOUBLE', of: ({ next }) => next?.dtMs ?? null },
  { name: 'terminateds', type: 'BOOLEAN', of: ({ done }) => done },
  { name: 'truncateds', type: 'BOOLEAN', of: ({ truncated }) => truncated },
]

/** Context features, then the rows of the instances one behind the other; null where something is not known. */
export function vectorOf(state: RecordedState, instanceWidth: number): (number | null)[] {
  const vector = [...state.context]
  for (const row of state.instances) {
    for (let f = 0; f < instanceWidth; f++) vector.push(row?.[f] ?? null)
  }
  return vector
}
