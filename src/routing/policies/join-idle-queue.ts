/**
 * Join idle queue (Lu et al. 2011): an idle instance if there is one, else any.
 *
 * In the paper idle servers queue at one of several dispatchers. Here is one dispatcher that knows who is idle: with
 * fewer than `workers` requests in flight (1 as in the paper; set it to what an instance works on at once). Among the
 * idle, and among all where none is, the draw is uniform and not first come first served as in the paper: equal
 * servers cannot tell, and every propensity is exact.
 */
import type { Random } from '../../core/index.ts'
import { chooseLowest } from '../choosing/best-score.ts'
import { ScoreBuffer } from '../choosing/score-buffer.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

const IN_FLIGHT = instanceFeature('inFlight')

export const joinIdleQueue: PolicyDeclaration = {
  name: 'join-idle-queue',
  summary: 'an idle instance at random, any at random if none is idle',
  parameters: [
    {
      name: 'workers',
      default: 1,
      min: 1,
      max: 1000,
      whole: true,
      summary: 'with fewer in flight an instance is idle',
    },
  ],
  wraps: 0,
  create: (id, { workers }) => new JoinIdleQueue(id, workers!),
}

class JoinIdleQueue implements Policy {
  readonly id: string
  readonly version = '1'
  readonly #workers: number
  readonly #busy = new ScoreBuffer()

  constructor(id: string, workers: number) {
    this.id = id
    this.#workers = workers
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, instances } = observation
    const busy = this.#busy.of(count)
    for (let i = 0; i < count; i++) {
      busy[i] = instances[i * INSTANCE_WIDTH + IN_FLIGHT]! < this.#workers ? 0 : 1
    }
    return chooseLowest(busy, eligible, count, random, propensities)
  }
}
