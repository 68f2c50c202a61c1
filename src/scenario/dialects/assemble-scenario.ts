/** From the parts of a foreign file to a scenario; what the file does not speak of is as in a native one. */

import type { InvalidInputs } from '../mistakes.ts'
import { peakUsers } from '../peak-users.ts'
import { resolveSettings } from '../resolve-settings.ts'
import {
  type Address,
  type Behavior,
  type Phase,
  type Product,
  type Scenario,
  scenarioDurationMs,
} from '../scenario.ts'
import { DEFAULT_MAX_EVENTS } from '../scenario-schema.ts'
import { settingsSchema } from '../settings-schema.ts'
import type { FaultDeclaration } from '../vocabulary.ts'
import { type ForeignTroubles, foreignFaults } from './foreign-faults.ts'

/** These files ask for loads of up to 200 pages a second and say nothing of the shop: one twice as fast carries them. */
const WORK_SCALE = 0.5

export interface ForeignParts extends ForeignTroubles {
  readonly name: string
  readonly description: string
  readonly phases: readonly Phase[]
  readonly behaviors: Readonly<Record<string, Behavior>>
  readonly products: readonly Product[]
  readonly addresses: readonly Address[]
  readonly invalidInputs: InvalidInputs
  readonly timeoutSeconds?: number | undefined
  readonly pollSeconds?: number | undefined
  /** Wanted limits; both are raised to the peak of the phases if that is higher. */
  readonly accounts?: number | undefined
  readonly maxConcurrentUsers?: number | undefined
}

export function assembleScenario(parts: ForeignParts, kinds: readonly FaultDeclaration[]): Scenario {
  const { timeoutSeconds, pollSeconds, accounts, maxConcurrentUsers, troubles, network, ...traffic } = parts
  const peak = peakUsers(parts.phases)
  const settings = settingsSchema.parse({
    client: timeoutSeconds === undefined ? {} : { timeoutSeconds },
    shop: { workScale: WORK_SCALE, ...(pollSeconds === undefined ? {} : { pollSeconds }) },
  })
  const resolved = resolveSettings(settings, { folder: '.', captured: false })
  return {
    ...traffic,
    world: 'virtual',
    seed: 1,
    timeScale: 1,
    maxEvents: DEFAULT_MAX_EVENTS,
    accounts: Math.max(accounts ?? 0, peak),
    maxConcurrentUsers: Math.max(maxConcurrentUsers ?? 0, peak),
    ...resolved,
    faults: foreignFaults({ troubles, network }, resolved, kinds, scenarioDurationMs(parts)),
    chaos: [],
  }
}
