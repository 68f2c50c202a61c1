/** Small scenarios in which something goes wrong, resolved by hand. */
import type { ChaosWave, Fault, Scenario } from '../../src/scenario/index.ts'
import { faultKinds } from '../../src/shop/index.ts'
import { smallScenario } from './small-scenario.ts'

const CARTS = ['cart-service-1', 'cart-service-2', 'cart-service-3']

/** A fault of this kind with its defaults, on the three carts for a minute from the start unless told otherwise. */
export function faultOf(kind: string, settings: Partial<Fault> = {}): Fault {
  const { parameters, ...others } = settings
  return {
    kind,
    instances: CARTS,
    share: 1,
    startMs: 0,
    durationMs: 60_000,
    ...others,
    parameters: parametersOf(kind, parameters),
  }
}

/** All parameters of a kind: the given ones, and the defaults of the others. */
export function parametersOf(
  kind: string,
  given: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const { parameters } = faultKinds.get(kind)
  return Object.fromEntries(
    parameters.map(({ name, default: value }) => [name, given[name] ?? value ?? Number.NaN]),
  )
}

export function hostileScenario({
  faults = [],
  chaos = [],
}: {
  readonly faults?: readonly Fault[]
  readonly chaos?: readonly ChaosWave[]
}): Scenario {
  return { ...smallScenario, faults, chaos }
}
