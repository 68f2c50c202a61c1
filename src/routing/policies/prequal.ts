/**
 * Prequal's hot-cold lexicographic rule with asynchronous probes (Wydrowski, Kleinberg, Rumble, Archer: "Load is not
 * what you should balance: Introducing Prequal", NSDI 2024). Every request has some random instances probed; what
 * they answer, requests in flight (RIF) and latency at about that RIF, goes into a pool that later requests choose
 * from. With theta the Q_RIF-quantile of the RIFs that were answered lately:
 *
 *     cold is who has RIF <= theta; if any is cold, the lowest latency of the cold, else the lowest RIF
 *
 * Ties are broken uniformly at random; an instance without a latency has not worked at that RIF lately, and comes
 * first. With fewer than two probes in the pool the choice is uniform. How the pool is kept: `probe-pool.ts`.
 */
import type { Random } from '../../core/index.ts'
import { chooseLowest } from '../choosing/best-score.ts'
import { countEligible, nthEligible } from '../choosing/eligible.ts'
import { IndexBuffer, ScoreBuffer } from '../choosing/score-buffer.ts'
import type { Observation, Policy, ProbeReport } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'
import { defaultPoolSize, ProbePool, probeUses } from '../probing/probe-pool.ts'
import { RecentCounts } from '../probing/recent-counts.ts'

/** RIFs that make the quantile. */
const RECENT_PROBES = 128
const FEWEST_PROBES = 2

export const prequal: PolicyDeclaration = {
  name: 'prequal',
  summary: 'by asynchronous probes: the lowest latency of those with few requests, else the fewest requests',
  parameters: [
    {
      name: 'quantile',
      default: 0.84,
      min: 0,
      max: 1,
      summary: 'of the requests in flight: up to here is cold',
    },
    {
      name: 'pool',
      default: 0,
      min: 0,
      max: 1000,
      whole: true,
      summary: 'most probes kept; 0: half of the instances, at most 16',
    },
    { name: 'probes', default: 3, min: 0, max: 64, summary: 'sent per request' },
    { name: 'removals', default: 1, min: 0, max: 64, summary: 'of old or bad probes per request' },
    {
      name: 'delta',
      default: 1,
      min: 0,
      max: 100,
      summary: 'how much more often probes are used than they come',
    },
    { name: 'maxAgeMs', default: 1000, min: 1, max: 3_600_000, summary: 'older probes are dropped' },
  ],
  wraps: 0,
  create: (id, { quantile, pool, probes, removals, delta, maxAgeMs }) =>
    new Prequal(id, {
      quantile: quantile!,
      pool: pool!,
      probes: probes!,
      removals: removals!,
      delta: delta!,
      maxAgeMs: maxAgeMs!,
    }),
}

interface PrequalSettings {
  readonly quantile: number
  readonly pool: number
  readonly probes: number
  readonly removals: number
  readonly delta: number
  readonly maxAgeMs: number
}

class Prequal implements Policy {
  readonly id: string
  readonly version = '1'
  readonly #settings: PrequalSettings
  readonly #pool = new ProbePool()
  readonly #recent = new RecentCounts(RECENT_PROBES)
  readonly #scores = new ScoreBuffer()
  readonly #left = new IndexBuffer()
  #candidates = new Uint8Array(0)
  /** How often a probe is used, and among how many instances. */
  #uses = 1
  #usesAmong = 0

  constructor(id: string, settings: PrequalSettings) {
    this.id = id
    this.#settings = settings
  }

  choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const { count, eligible, nowMs } = observation
    const { removals, maxAgeMs } = this.#settings
    const pool = this.#pool
    const instances = countEligible(eligible, count)
    if (instances !== this.#usesAmong) this.#adapt(instances)
    pool.dropOld(nowMs - maxAgeMs)
    if (this.#findCandidates(observation) < FEWEST_PROBES) {
      for (let i = 0; i < count; i++) propensities[i] = eligible[i]! / instances
      return nthEligible(eligible, Math.floor(random() * instances))
    }
    const theta = this.#recent.quantile(this.#settings.quantile)
    const chosen = this.#hotOrCold(theta, count, random, propensities)
    pool.use(chosen, this.#uses, random)
    for (let left = roundedAtRandom(removals, random); left > 0; left--) pool.removeOne(theta)
    return chosen
  }

  probes({ count, eligible }: Observation, random: Random, targets: Int32Array): number {
    const left = this.#left.of(count)
    let candidates = 0
    for (let i = 0; i < count; i++) if (eligible[i] === 1) left[candidates++] = i
    const wanted = Math.min(candidates, roundedAtRandom(this.#settings.probes, random))
    // The beginning of a shuffle (Fisher and Yates): drawn without replacement.
    for (let k = 0; k < wanted; k++) {
      const at = k + Math.floor(random() * (candidates - k))
      targets[k] = left[at]!
      left[at] = left[k]!
    }
    return wanted
  }

  onProbe({ instance, nowMs, inFlight, latencyMs }: ProbeReport): void {
    this.#recent.add(inFlight)
    this.#pool.add(instance, nowMs, inFlight, latencyMs)
  }

  /** Who is in the pool and may be chosen. Returns how many. */
  #findCandidates({ count, eligible }: Observation): number {
    if (this.#candidates.length < count) this.#candidates = new Uint8Array(count)
    let found = 0
    for (let i = 0; i < count; i++) {
      const candidate = eligible[i] === 1 && this.#pool.has(i) ? 1 : 0
      this.#candidates[i] = candidate
      found += candidate
    }
    return found
  }

  /** The rule itself. */
  #hotOrCold(theta: number, count: number, random: Random, propensities: Float64Array): number {
    const pool = this.#pool
    const scores = this.#scores.of(count)
    let cold = false
    for (let i = 0; i < count; i++) if (this.#candidates[i] === 1) cold ||= pool.inFlight(i) <= theta
    for (let i = 0; i < count; i++) {
      if (this.#candidates[i] === 0) continue
      if (!cold) scores[i] = pool.inFlight(i)
      else if (pool.inFlight(i) > theta) scores[i] = Number.POSITIVE_INFINITY
      else scores[i] = Number.isNaN(pool.latencyMs(i)) ? 0 : pool.latencyMs(i)
    }
    return chooseLowest(scores, this.#candidates, count, random, propensities)
  }

  /** Another number of instances can be chosen from. */
  #adapt(instances: number): void {
    const { pool, probes, removals, delta } = this.#settings
    const limit = pool === 0 ? defaultPoolSize(instances) : pool
    this.#pool.limit = limit
    const sent = Math.min(probes, instances)
    this.#uses = probeUses({ instances, pool: limit, probes: sent, removals, delta })
    this.#usesAmong = instances
  }
}

/** An integer whose mean is `value`. */
function roundedAtRandom(value: number, random: Random): number {
  const whole = Math.floor(value)
  return whole === value ? whole : whole + (random() < value - whole ? 1 : 0)
}
