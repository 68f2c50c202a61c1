/**
 * Least response time: argmin of the moving average of the latency (successes only, time constant 10 s; a failure
 * that comes fast must not look fast), random among equals.
 *
 *     guard=in-flight   average x (in flight + 1), as in NetScaler's rule and Finagle's cost. An instance of
 *                       which nothing is known counts as the fastest that is: it is tried, and its requests in flight
 *                       keep the others away until it has answered
 *     guard=none        the average alone, the negative control. Everything goes to whoever was fastest until it is
 *                       no longer: mean response times are hundreds of times worse at a load of 0.7. An instance of
 *                       which nothing is known counts as 0 ms
 */
import type { Random } from '../../core/index.ts'
import { chooseLowest } from '../choosing/best-score.ts'
import { ScoreBuffer } from '../choosing/score-buffer.ts'
import { INSTANCE_WIDTH, instanceFeature } from '../features.ts'
import type { Observation, Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'

const IN_FLIGHT = instanceFeature('inFlight')
const LATENCY = instanceFeature('ewmaLatencyMs')
/** Latencies are measured to a thousandth; an average of 0 would hide the requests in flight. */
const LEAST_LATENCY_MS = 0.001

export const leastResponseTime: PolicyDeclaration = {
  name: 'least-response-time',
  summary:
    'the lowest mean latency x (in flight + 1); guard=none by latency alone, which herds: a negative control',
  parameters: [
    {
      name: 'guard',
      default: 'in-flight',
      choices: ['in-flight', 'none'],
      summary: 'whether the requests in flight count too',
    },
  ],
  wraps: 0,
  create: (id, _numbers, _inner, { guard }) => new LeastResponseTime(id, guard === 'in-flight'),
}

class LeastResponseTime implements Policy {
  readonly id: string
  readonly version = '1'
  readonly #guarded: boolean
  readonly #scores = new ScoreBuffer()

  constructor(id: string, guarded: boolean) {
    this.id = id
    this.#guarded = guarded
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, instances } = observation
    const scores = this.#scores.of(count)
    const unknownMs = this.#guarded ? lowestKnown(observation) : 0
    for (let i = 0; i < count; i++) {
      const row = i * INSTANCE_WIDTH
      const averageMs = instances[row + LATENCY]!
      const latencyMs = Number.isNaN(averageMs) ? unknownMs : averageMs
      scores[i] = this.#guarded
        ? Math.max(latencyMs, LEAST_LATENCY_MS) * (instances[row + IN_FLIGHT]! + 1)
        : latencyMs
    }
    return chooseLowest(scores, eligible, count, random, propensities)
  }
}

/** 0 if nothing is known of any eligible instance. */
function lowestKnown({ count, eligible, instances }: Observation): number {
  let lowest = Number.POSITIVE_INFINITY
  for (let i = 0; i < count; i++) {
    const averageMs = instances[i * INSTANCE_WIDTH + LATENCY]!
    if (eligible[i] === 1 && averageMs < lowest) lowest = averageMs
  }
  return lowest === Number.POSITIVE_INFINITY ? 0 : lowest
}
