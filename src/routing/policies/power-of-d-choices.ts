/**
 * Power of d choices on requests in flight (Mitzenmacher 2001): the fewest of d different instances drawn uniformly,
 * d = 2 unless told. A tie keeps the first draw. With d = 1 it is `random`, with all of them `least-outstanding`.
 */
import type { Random } from '../../core/index.ts'
import { LowestOfDraws } from '../choosing/lowest-of-draws.ts'
import { ScoreBuffer } from '../choosing/score-buffer.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

const IN_FLIGHT = instanceFeature('inFlight')
/** Beyond it, d choices are as good as all: the longest queue is of the order log log n / log d. */
const MOST_DRAWS = 16

export const powerOfDChoices: PolicyDeclaration = {
  name: 'power-of-d-choices',
  summary: 'the fewest requests in flight of d drawn at random',
  parameters: [
    {
      name: 'd',
      default: 2,
      min: 1,
      max: MOST_DRAWS,
      whole: true,
      summary: 'instances drawn, all different',
    },
  ],
  wraps: 0,
  create: (id, { d }) => new PowerOfDChoices(id, d!),
}

export class PowerOfDChoices implements Policy {
  readonly id: string
  readonly version = '1'
  readonly #inFlight = new ScoreBuffer()
  readonly #draws: LowestOfDraws

  constructor(id: string, d: number) {
    this.id = id
    this.#draws = new LowestOfDraws(d)
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, instances } = observation
    const inFlight = this.#inFlight.of(count)
    for (let i = 0; i < count; i++) inFlight[i] = instances[i * INSTANCE_WIDTH + IN_FLIGHT]!
    return this.#draws.choose(inFlight, eligible, count, random, propensities)
  }
}
