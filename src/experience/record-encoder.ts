/**
 * One experience record as one line of JSON bytes. The shape is `ExperienceRecord` in `record.ts`; a test parses
 * what this writes and compares it field by field. Hot path: see `bench/records.bench.ts`.
 */
import { REWARD_PARTS } from '../core/index.ts'
import type { Policy } from '../routing/index.ts'
import type { Outcome } from './decision-log.ts'
import { JsonBytes, literal } from './json-bytes.ts'
import type { PendingDecision } from './pending-decision.ts'
import { RECORD_VERSION } from './record.ts'

const NO_PHASE = literal(',"phase":null')
const NO_PROFILE = literal(',"profile":null')
const MS_DECIMALS = 3
const REWARD_DECIMALS = 6
const PROPENSITY_DECIMALS = 9

const TRACE = literal(',"trace":"')
const HOP = literal('","hop":')
const TIME = literal(',"t":')
const OUTCOME_NULL = literal(',"outcome":null,"rewards":null,"reward":null')
const STATUS = literal(',"outcome":{"status":')
const LATENCY = literal(',"latencyMs":')
const QUEUE = literal(',"queueMs":')
const WORK = literal(',"workMs":')
const NO_FAILURE = literal(',"failure":null,"retryOf":')
const NULL = literal('null')
const OUTCOME_END = literal('}')
const REWARD_NAMES = REWARD_PARTS.map((part, i) => literal(`${i === 0 ? ',"rewards":{' : ','}"${part}":`))
const REWARD = literal('},"reward":')
const NEXT_NULL = literal(',"next":null')
const NEXT = literal(',"next":{"dtMs":')
const NEXT_STATE = literal(',')
const NEXT_END = literal('}')
const TRUNCATED = literal(',"done":false,"truncated":true}\n')
const CONTINUED = literal(',"done":false,"truncated":false}\n')

export interface RecordNames {
  readonly run: string
  readonly services: readonly string[]
  readonly instances: Readonly<Record<string, readonly string[]>>
  readonly routes: readonly string[]
  readonly phases: readonly string[]
  readonly profiles: readonly string[]
  /** By service. */
  readonly policies: readonly Pick<Policy, 'id' | 'version'>[]
}

export class RecordEncoder {
  readonly #line = new JsonBytes(4096)
  readonly #start: Uint8Array
  readonly #services: readonly Uint8Array[]
  readonly #actions: readonly (readonly Uint8Array[])[]
  readonly #routes: readonly Uint8Array[]
  readonly #phases: readonly Uint8Array[]
  readonly #profiles: readonly Uint8Array[]
  readonly #policies: readonly Uint8Array[]

  constructor(names: RecordNames) {
    this.#start = literal(`{"v":${RECORD_VERSION},"run":${JSON.stringify(names.run)},"decision":`)
    this.#services = names.services.map((name) => literal(`,"service":${JSON.stringify(name)}`))
    this.#actions = names.services.map((service) =>
      names.instances[service]!.map((instance, index) =>
        literal(`},"action":${JSON.stringify({ index, instance })},"propensity":[`),
      ),
    )
    this.#routes = names.routes.map((name) => literal(`,"route":${JSON.stringify(name)},"state":{`))
    this.#phases = names.phases.map((name) => literal(`,"phase":${JSON.stringify(name)}`))
    this.#profiles = names.profiles.map((name) => literal(`,"profile":${JSON.stringify(name)}`))
    this.#policies = names.policies.map(({ id, version }) =>
      literal(`],"policy":${JSON.stringify({ id, version })}`),
    )
  }

  /** The finished line, newline included. It is overwritten by the next call. */
  encode(pending: PendingDecision): JsonBytes {
    this.#line.clear()
    this.#head(pending)
    this.#decision(pending)
    if (pending.outcome === undefined) this.#line.put(OUTCOME_NULL)
    else this.#outcome(pending.outcome, pending)
    this.#next(pending)
    this.#line.put(pending.truncated ? TRUNCATED : CONTINUED)
    return this.#line
  }

  #head({ decision, origin, atMs, service, route }: PendingDecision): void {
    const line = this.#line
    line.put(this.#start)
    line.integer(decision)
    line.put(TRACE)
    line.ascii(origin.trace)
    line.put(HOP)
    line.integer(origin.hop)
    line.put(TIME)
    line.decimal(atMs, MS_DECIMALS)
    line.put(this.#phases[origin.phase] ?? NO_PHASE)
    line.put(this.#profiles[origin.profile] ?? NO_PROFILE)
    line.put(this.#services[service]!)
    line.put(this.#routes[route]!)
  }

  #decision({ state, action, service, propensities, count }: PendingDecision): void {
    const line = this.#line
    line.append(state!.json)
    line.put(this.#actions[service]![action]!)
    line.decimals(propensities, 0, count, PROPENSITY_DECIMALS)
    line.put(this.#policies[service]!)
  }

  #outcome(outcome: Outcome, { rewards, reward, retryOf }: PendingDecision): void {
    const line = this.#line
    line.put(STATUS)
    line.integer(outcome.status)
    line.put(LATENCY)
    line.decimal(outcome.latencyMs, MS_DECIMALS)
    line.put(QUEUE)
    line.decimal(outcome.queueMs, MS_DECIMALS)
    line.put(WORK)
    line.decimal(outcome.workMs, MS_DECIMALS)
    line.put(outcome.failure === null ? NO_FAILURE : literal(`,"failure":"${outcome.failure}","retryOf":`))
    if (retryOf === null) line.put(NULL)
    else line.integer(retryOf)
    line.put(OUTCOME_END)
    for (let i = 0; i < REWARD_PARTS.length; i++) {
      line.put(REWARD_NAMES[i]!)
      line.decimal(rewards[REWARD_PARTS[i]!], REWARD_DECIMALS)
    }
    line.put(REWARD)
    line.decimal(reward, REWARD_DECIMALS)
  }

  #next({ next, dtMs }: PendingDecision): void {
    const line = this.#line
    if (next === undefined) return line.put(NEXT_NULL)
    line.put(NEXT)
    line.decimal(dtMs, MS_DECIMALS)
    line.put(NEXT_STATE)
    line.append(next.json)
    line.put(NEXT_END)
  }
}
