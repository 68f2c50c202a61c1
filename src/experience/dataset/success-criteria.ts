/** The five things that data must be to learn a router from it, as a checklist. */
import type { GroupStatistics } from './group-statistics.ts'

export interface Criterion {
  readonly name: string
  readonly passed: boolean
  /** The number that decides, in words. */
  readonly detail: string
}

const FEWEST_DECISIONS = 10_000
const MOST_SELF_LOOPS = 0.5
/** Rewards that differ by rounding only are equal. */
const LEAST_DEVIATION = 1e-9
const NAMED = 3

/** @param untried instances that a phase had requests for and never chose */
export function successCriteria(all: GroupStatistics, untried: readonly string[]): Criterion[] {
  const { decisions, withAction, withPropensity, reward, selfLoops } = all
  const more = untried.length > NAMED ? ` and ${untried.length - NAMED} more` : ''
  const deviation = reward.deviation ?? 0
  return [
    {
      name: 'enough decisions',
      passed: decisions >= FEWEST_DECISIONS,
      detail: `${decisions}, of at least ${FEWEST_DECISIONS}`,
    },
    {
      name: 'every instance tried in every phase',
      passed: untried.length === 0,
      detail: untried.length === 0 ? 'all' : `never: ${untried.slice(0, NAMED).join('; ')}${more}`,
    },
    {
      name: 'reward not constant',
      passed: deviation > LEAST_DEVIATION,
      detail: `standard deviation ${deviation.toPrecision(3)} over ${reward.count} rewards`,
    },
    {
      name: 'next state differs from state',
      passed: selfLoops !== null && selfLoops < MOST_SELF_LOOPS,
      detail:
        selfLoops === null
          ? 'no next states'
          : `the same in ${percent(selfLoops)}, of less than ${percent(MOST_SELF_LOOPS)}`,
    },
    {
      name: 'propensities known',
      passed: withAction > 0 && withPropensity === withAction,
      detail: `of ${withPropensity} of ${withAction} actions`,
    },
  ]
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
