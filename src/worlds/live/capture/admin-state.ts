/** The state of instances from a balancer of ours: its admin API tells each feature as its own policy sees it. */
import type { TellValue } from './prometheus.ts'
import type { StateQuestion } from './state-poll.ts'

const SERVICES_PATH = '/api/v1/services'

export function adminQuestions(tell: TellValue): StateQuestion[] {
  const ofService = (service: string): StateQuestion => ({
    path: `${SERVICES_PATH}/${encodeURIComponent(service)}`,
    take: (answer) => {
      const { instances } = (answer ?? {}) as { instances?: unknown }
      for (const { id, features } of listOf<{ id?: unknown; features?: unknown }>(instances, 'instances')) {
        if (typeof id !== 'string') throw new Error(`${service}: an instance without an id`)
        for (const [feature, value] of Object.entries(features ?? {})) {
          if (typeof value === 'number') tell(service, id, feature, value)
        }
      }
      return []
    },
  })
  const all: StateQuestion = {
    path: SERVICES_PATH,
    take: (answer) =>
      listOf<{ name?: unknown }>(answer, 'services')
        .map(({ name }) => name)
        .filter((name) => typeof name === 'string')
        .map(ofService),
  }
  return [all]
}

/** @throws Error if it is none */
function listOf<Item>(value: unknown, of: string): readonly Item[] {
  if (!Array.isArray(value)) throw new Error(`expected a list of ${of}, as the admin API of loadgen has it`)
  return value as readonly Item[]
}
