/** Power of two choices on requests in flight (Mitzenmacher 2001). A tie keeps the first draw. */
import type { Random } from '../../core/index.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'
import { ScoreBuffer } from '../score-buffer.ts'
import { chooseOfTwo } from '../two-choices.ts'

const IN_FLIGHT = instanceFeature('inFlight')

export const powerOfTwoChoices: PolicyDeclaration = {
  name: 'power-of-two-choices',
  summary: 'the fewer requests in flight of two drawn at random',
  parameters: [],
  wraps: 0,
  create: (id) => new PowerOfTwoChoices(id),
}

class PowerOfTwoChoices implements Policy {
  readonly id: string
  readonly version = '1'
  readonly #inFlight = new ScoreBuffer()

  constructor(id: string) {
    this.id = id
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, instances } = observation
    const inFlight = this.#inFlight.of(count)
    for (let i = 0; i < count; i++) inFlight[i] = instances[i * INSTANCE_WIDTH + IN_FLIGHT]!
    return chooseOfTwo(inFlight, eligible, count, random, propensities)
  }
}
