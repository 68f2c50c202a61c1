/**
 * Action, propensities, policy and shadow of a record as JSON bytes. Nearly every decision is one of a known policy
 * among known instances, with neither strategy nor shadow: that one is put together from two pieces. Hot path.
 */
import type { Decider } from './decision-log.ts'
import { type JsonBytes, literal } from './json-bytes.ts'
import type { PendingDecision } from './pending-decision.ts'

const PROPENSITY_DECIMALS = 9
const BRACKET = 93
const BRACE = 125
const NULL = literal('null')
const NO_ACTION = literal('},"action":null')
const NO_PROPENSITY = literal(',"propensity":null')
const PROPENSITY = literal(',"propensity":[')
const STRATEGY_PROPENSITY = literal('],"strategyPropensity":[')
const ESTIMATED = literal(',"propensityEstimated":true')
const NO_POLICY = literal(',"policy":null')
const SHADOW_PROPENSITY = literal(',"propensity":[')
const SHADOW_END = literal(']}')

interface InstanceBytes {
  /** `},"action":{...},"propensity":[` */
  readonly usual: Uint8Array
  /** `},"action":{...` without the brace that ends it. */
  readonly action: Uint8Array
  /** `{...}` */
  readonly alone: Uint8Array
}

interface DeciderBytes {
  /** `],"policy":{...}` */
  readonly usual: Uint8Array
  readonly policy: Uint8Array
  /** `,"strategy":{...}` by strategy. */
  readonly strategies: readonly Uint8Array[]
  /** `,"shadow":{"policy":{...},"action":` */
  readonly shadow: Uint8Array
}

export class DecisionEncoder {
  readonly #instances: InstanceBytes[][]
  /** By service: a policy decides again and again. */
  readonly #deciders: (Decider | undefined)[] = []
  readonly #deciderBytes: DeciderBytes[] = []

  /** @param instances ids by service */
  constructor(instances: readonly (readonly string[])[]) {
    this.#instances = instances.map((ids) => ids.map(bytesOfInstance))
  }

  addInstance(service: number, id: string): void {
    const known = this.#instances[service]!
    known.push(bytesOfInstance(id, known.length))
  }

  /** Writes `},"action":...,"propensity":...,"policy":...`, and what else there is. */
  encode(line: JsonBytes, pending: PendingDecision): void {
    const { service, action, decider } = pending
    if (decider === undefined || !isUsual(pending)) return this.#unusual(line, pending)
    line.put(this.#instances[service]![action]!.usual)
    line.decimals(pending.propensities, 0, pending.count, PROPENSITY_DECIMALS)
    line.put(this.#bytesOf(service, decider).usual)
  }

  #unusual(line: JsonBytes, pending: PendingDecision): void {
    const { service, decider } = pending
    const bytes = decider === undefined ? undefined : this.#bytesOf(service, decider)
    this.#action(line, pending, bytes)
    this.#propensity(line, pending)
    line.put(bytes?.policy ?? NO_POLICY)
    if (decider?.shadow !== undefined) this.#shadow(line, pending, bytes!)
  }

  #action(line: JsonBytes, { service, action, strategy }: PendingDecision, bytes?: DeciderBytes): void {
    if (action === -1) return line.put(NO_ACTION)
    line.put(this.#instances[service]![action]!.action)
    if (strategy !== -1) line.put(bytes!.strategies[strategy]!)
    line.byte(BRACE)
  }

  #propensity(line: JsonBytes, pending: PendingDecision): void {
    if (!pending.propensityKnown) return line.put(NO_PROPENSITY)
    line.put(PROPENSITY)
    line.decimals(pending.propensities, 0, pending.count, PROPENSITY_DECIMALS)
    if (pending.strategy !== -1) {
      line.put(STRATEGY_PROPENSITY)
      const { length } = pending.decider!.strategy!.names
      line.decimals(pending.strategyPropensities, 0, length, PROPENSITY_DECIMALS)
    }
    line.byte(BRACKET)
    if (pending.propensityEstimated) line.put(ESTIMATED)
  }

  #shadow(line: JsonBytes, pending: PendingDecision, bytes: DeciderBytes): void {
    const { service, shadowAction } = pending
    line.put(bytes.shadow)
    line.put(shadowAction === -1 ? NULL : this.#instances[service]![shadowAction]!.alone)
    line.put(SHADOW_PROPENSITY)
    line.decimals(pending.shadowPropensities, 0, pending.count, PROPENSITY_DECIMALS)
    line.put(SHADOW_END)
  }

  #bytesOf(service: number, decider: Decider): DeciderBytes {
    if (this.#deciders[service] !== decider) {
      this.#deciders[service] = decider
      this.#deciderBytes[service] = bytesOfDecider(decider)
    }
    return this.#deciderBytes[service]!
  }
}

function isUsual({
  action,
  strategy,
  decider,
  propensityKnown,
  propensityEstimated,
}: PendingDecision): boolean {
  return (
    action !== -1 &&
    strategy === -1 &&
    decider!.shadow === undefined &&
    propensityKnown &&
    !propensityEstimated
  )
}

function bytesOfInstance(instance: string, index: number): InstanceBytes {
  const alone = JSON.stringify({ index, instance })
  return {
    usual: literal(`},"action":${alone},"propensity":[`),
    action: literal(`},"action":${alone.slice(0, -1)}`),
    alone: literal(alone),
  }
}

function bytesOfDecider({ id, version, strategy, shadow }: Decider): DeciderBytes {
  const policy = `,"policy":${JSON.stringify({ id, version })}`
  return {
    usual: literal(`]${policy}`),
    policy: literal(policy),
    strategies: (strategy?.names ?? []).map((name, index) =>
      literal(`,"strategy":${JSON.stringify({ index, name })}`),
    ),
    shadow: literal(`,"shadow":{"policy":${JSON.stringify(shadow?.policy ?? null)},"action":`),
  }
}
