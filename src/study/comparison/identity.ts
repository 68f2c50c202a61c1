/** What results must have in common to be compared: they are refused where they differ, and the difference is named. */
import { canonicalJson, contentHash, DataError, type World } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import type { Comparison } from './comparison.ts'
import { programVersion } from './program-version.ts'

export type ComparisonIdentity = Pick<Comparison, 'replayedHash' | 'world' | 'reward' | 'program'> & {
  readonly scenario: { readonly name: string }
}

export function identityOf(scenario: Scenario, world: World): ComparisonIdentity {
  const { name, reward } = scenario
  return {
    scenario: { name },
    replayedHash: replayedHash(scenario),
    world,
    reward,
    program: programVersion(),
  }
}

/**
 * SHA-256 of all of a scenario that a replay depends on. Which policies are tried on it, and what is trained, makes no
 * difference to what one policy comes to with one seed.
 */
export function replayedHash(scenario: Scenario): string {
  const { description, world, training, evaluation, capture, routing, ...rest } = scenario
  return contentHash({ ...rest, routing: { ...routing, policy: '' } })
}

/**
 * @param place where the earlier results are
 * @throws DataError if they are of another scenario, reward, world or program
 */
export function requireSame(earlier: ComparisonIdentity, now: ComparisonIdentity, place: string): void {
  const differences = differencesOf(earlier, now)
  if (differences.length === 0) return
  throw new DataError(
    `${place}: holds a comparison that cannot be mixed with this one (${differences.join('; ')}): ` +
      'name another --out, or remove it',
  )
}

function differencesOf(earlier: ComparisonIdentity, now: ComparisonIdentity): string[] {
  const differences: string[] = []
  const differ = (what: string, then: string, wanted: string): void => {
    if (then !== wanted) differences.push(`${what} ${then}, not ${wanted}`)
  }
  differ('scenario', earlier.scenario.name, now.scenario.name)
  differ('world', earlier.world, now.world)
  if (canonicalJson(earlier.reward) !== canonicalJson(now.reward)) differences.push('another reward')
  differ('program', earlier.program, now.program)
  // The reward is part of the scenario, and has been named.
  if (differences.length === 0)
    differ('scenario hash', earlier.replayedHash.slice(0, 12), now.replayedHash.slice(0, 12))
  return differences
}
