/**
 * Two policies that decide on the same observations: the first is obeyed, the other is not, and what it would have
 * done is recorded beside (`shadow` in a record). So a new policy is tried on real traffic at no risk.
 *
 * Both hear what was really done: requests sent, answers and reports. The other one draws from a stream of its own,
 * which follows from the policy's text and the service, and of the probes that only it wants the obeyed one hears
 * nothing: with or without a shadow, the obeyed one makes the same decisions. (Who has answered is known, but not which
 * probe: of one that never is answered, the answer to a later one of the other's counts.) The other one is shown just what the
 * obeyed one is shown, so it judges no health of its own.
 */
import { keyedStream, keyOf, type Random } from '../../core/index.ts'
import { IndexBuffer } from '../choosing/score-buffer.ts'
import type {
  InstanceReport,
  Observation,
  Policy,
  PolicyOutcome,
  ProbeReport,
  ShadowDecision,
} from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'
import type { PolicyText } from '../policy-text.ts'
import { WrappedPolicy } from '../wrapping/wrapped-policy.ts'

export const shadow: PolicyDeclaration = {
  name: 'shadow',
  summary: 'obeys the first policy, and records what the second would have done',
  parameters: [],
  wraps: 2,
  problem: (_numbers, inner) =>
    inner.some(hasShadow)
      ? 'expected no other shadow among the policies that it wraps: a record has room for one; run twice'
      : undefined,
  create: (id, _numbers, [obeyed, other]) => new Shadow(id, obeyed!, other!),
}

function hasShadow({ name, inner }: PolicyText): boolean {
  return name === shadow.name || inner.some(hasShadow)
}

class Shadow extends WrappedPolicy {
  override readonly version: string
  declare readonly needsTruth?: boolean
  override readonly shadow: ShadowDecision
  readonly #other: Policy
  readonly #decision: { policy: ShadowDecision['policy']; index: number; propensities: Float64Array }
  readonly #targets = new IndexBuffer()
  /** By instance: probes that the obeyed one waits for. */
  readonly #asked: number[] = []
  #random: Random | undefined

  constructor(id: string, obeyed: Policy, other: Policy) {
    super(id, '1', obeyed)
    this.version = `1/${obeyed.version}/${other.version}`
    if (obeyed.needsTruth === true || other.needsTruth === true) this.needsTruth = true
    this.#other = other
    this.#decision = {
      policy: { id: other.id, version: other.version },
      index: -1,
      propensities: new Float64Array(0),
    }
    this.shadow = this.#decision
    if (obeyed.probes !== undefined || other.probes !== undefined) {
      this.probes = (observation, random, targets) => this.#probeForBoth(observation, random, targets)
    }
  }

  /** Of both: a model that is only tried shows what it lacks, too. */
  override get fallbacks(): number | undefined {
    const own = this.inner.fallbacks
    const others = this.#other.fallbacks
    return own === undefined ? others : own + (others ?? 0)
  }

  override choose(observation: Observation, random: Random, propensities: Float64Array): number {
    const decision = this.#decision
    if (decision.propensities.length < observation.count) {
      decision.propensities = new Float64Array(observation.count)
    }
    decision.index = this.#other.choose(observation, this.#own(observation), decision.propensities)
    return this.inner.choose(observation, random, propensities)
  }

  override onStart(instance: number, nowMs: number): void {
    this.inner.onStart?.(instance, nowMs)
    this.#other.onStart?.(instance, nowMs)
  }

  override onOutcome(outcome: PolicyOutcome): void {
    this.inner.onOutcome?.(outcome)
    this.#other.onOutcome?.(outcome)
  }

  override onReport(instance: number, report: InstanceReport, nowMs: number): void {
    this.inner.onReport?.(instance, report, nowMs)
    this.#other.onReport?.(instance, report, nowMs)
  }

  override onProbe(report: ProbeReport): void {
    const { instance } = report
    const asked = this.#asked[instance] ?? 0
    if (asked > 0) {
      this.#asked[instance] = asked - 1
      this.inner.onProbe?.(report)
    }
    this.#other.onProbe?.(report)
  }

  /** Whoever one of them wants to be probed, once. */
  #probeForBoth(observation: Observation, random: Random, targets: Int32Array): number {
    const first = this.inner.probes?.(observation, random, targets) ?? 0
    for (let k = 0; k < first; k++) this.#asked[targets[k]!] = (this.#asked[targets[k]!] ?? 0) + 1
    const others = this.#targets.of(observation.count)
    const wanted = this.#other.probes?.(observation, this.#own(observation), others) ?? 0
    let count = first
    for (let k = 0; k < wanted; k++) {
      if (!isAmong(targets, first, others[k]!)) targets[count++] = others[k]!
    }
    return count
  }

  #own({ service }: Observation): Random {
    this.#random ??= keyedStream(keyOf(`${this.id}/${service}`))
    return this.#random
  }
}

function isAmong(targets: Int32Array, count: number, instance: number): boolean {
  for (let k = 0; k < count; k++) if (targets[k] === instance) return true
  return false
}
