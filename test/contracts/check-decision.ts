/** What a decision must be: an eligible instance or -1, and propensities that are a distribution. */
import type { ServiceRouter } from '../../src/routing/index.ts'

/** Why a decision is none, in words; undefined if it is one. */
function faultOf({ observation, propensities }: ServiceRouter, chosen: number): string | undefined {
  const { count, eligible } = observation
  if (chosen === -1) {
    const some = propensities.findIndex((propensity) => propensity !== 0)
    return some === -1 ? undefined : `shed, with propensity ${propensities[some]} of ${some}`
  }
  if (!(chosen >= 0 && chosen < count)) return `chose ${chosen} of ${count}`
  if (eligible[chosen] !== 1) return `chose ${chosen}, which is masked`
  if (!(propensities[chosen]! > 0)) return `chose ${chosen} with propensity ${propensities[chosen]}`
  let sum = 0
  for (let i = 0; i < count; i++) {
    const propensity = propensities[i]!
    if (!(propensity >= 0 && propensity <= 1 + 1e-12)) return `propensity ${propensity} of ${i}`
    if (eligible[i] === 0 && propensity !== 0) return `propensity ${propensity} of ${i}, which is masked`
    sum += propensity
  }
  return Math.abs(sum - 1) > 1e-9 ? `propensities sum to ${sum}` : undefined
}

/** @throws Error if the last decision of the router is none */
export function checkDecision(router: ServiceRouter, chosen: number): void {
  const fault = faultOf(router, chosen)
  if (fault !== undefined) throw new Error(`at ${router.observation.nowMs} ms: ${fault}`)
}
