/**
 * One experience record as one line of JSON bytes. The shape is `ExperienceRecord` in `record.ts`; a test parses
 * what this writes and compares it field by field. Hot path: see `bench/records.bench.ts`.
 */
import { REWARD_PARTS } from '../core/index.ts'
import type { Outcome } from './decision-log.ts'
import { DecisionEncoder } from './encode-decision.ts'
import { JsonBytes, literal } from './json-bytes.ts'
import type { PendingDecision } from './pending-decision.ts'
import { RECORD_VERSION } from './record.ts'

const NOBODYS = literal(',"phase":null,"profile":null')
const MS_DECIMALS = 3
const REWARD_DECIMALS = 6

const TRACE = literal(',"trace":"')
const HOP = literal('","hop":')
const TIME = literal(',"t":')
/** What stands between trace and time for the first hops: nearly all there are. */
const HOPS = [0, 1, 2].map((hop) => literal(`","hop":${hop},"t":`))
const OUTCOME_NULL = literal(',"outcome":null,"rewards":null,"reward":null')
const STATUS = literal(',"outcome":{"status":')
const LATENCY = literal(',"latencyMs":')
const STATUS_200 = literal(',"outcome":{"status":200,"latencyMs":')
const QUEUE = literal(',"queueMs":')
const WORK = literal(',"workMs":')
const NO_FAILURE = literal(',"failure":null,"retryOf":')
const NEITHER = literal(',"failure":null,"retryOf":null}')
const NULL = literal('null')
const OUTCOME_END = literal('}')
const REWARD_NAMES = REWARD_PARTS.map((part, i) => literal(`${i === 0 ? ',"rewards":{' : ','}"${part}":`))
const REWARD = literal('},"reward":')
const NEXT_NULL = ',"next":null'
const NEXT = literal(',"next":{"dtMs":')
const NEXT_STATE = literal(',')
const TRUNCATED = ',"done":false,"truncated":true}\n'
const CONTINUED = ',"done":false,"truncated":false}\n'
/** What stands behind the next state, or in its place. */
const ENDS = [NEXT_NULL, '}'].map((before) => [CONTINUED, TRUNCATED].map((end) => literal(before + end)))

export interface RecordNames {
  readonly run: string
  readonly services: readonly string[]
  readonly instances: Readonly<Record<string, readonly string[]>>
  readonly routes: readonly string[]
  readonly phases: readonly string[]
  readonly profiles: readonly string[]
}

export class RecordEncoder {
  readonly #line = new JsonBytes(4096)
  readonly #start: Uint8Array
  readonly #decisions: DecisionEncoder
  /** By phase + 1 and profile + 1, since -1 is none: pieces that stand side by side are one. */
  readonly #whose: readonly (readonly Uint8Array[])[]
  /** By service and route. */
  readonly #where: readonly (readonly Uint8Array[])[]

  constructor(names: RecordNames) {
    this.#start = literal(`{"v":${RECORD_VERSION},"run":${JSON.stringify(names.run)},"decision":`)
    this.#decisions = new DecisionEncoder(names.services.map((service) => names.instances[service]!))
    this.#whose = [null, ...names.phases].map((phase) =>
      [null, ...names.profiles].map((profile) =>
        literal(`,"phase":${JSON.stringify(phase)},"profile":${JSON.stringify(profile)}`),
      ),
    )
    this.#where = names.services.map((service) =>
      names.routes.map((route) =>
        literal(`,"service":${JSON.stringify(service)},"route":${JSON.stringify(route)},"state":{`),
      ),
    )
  }

  /** Another instance of a service, behind all others. */
  addInstance(service: number, id: string): void {
    this.#decisions.addInstance(service, id)
  }

  /** The finished line, newline included. It is overwritten by the next call. */
  encode(pending: PendingDecision): JsonBytes {
    this.#line.clear()
    this.#head(pending)
    this.#line.append(pending.state!.json)
    this.#decisions.encode(this.#line, pending)
    if (pending.outcome === undefined) this.#line.put(OUTCOME_NULL)
    else this.#outcome(pending.outcome, pending)
    this.#next(pending)
    return this.#line
  }

  #head({ decision, origin, atMs, service, route }: PendingDecision): void {
    const line = this.#line
    line.put(this.#start)
    line.integer(decision)
    line.put(TRACE)
    line.ascii(origin.trace)
    this.#hop(origin.hop)
    line.decimal(atMs, MS_DECIMALS)
    line.put(this.#whose[origin.phase + 1]?.[origin.profile + 1] ?? NOBODYS)
    line.put(this.#where[service]![route]!)
  }

  #hop(hop: number): void {
    const line = this.#line
    const known = HOPS[hop]
    if (known !== undefined) return line.put(known)
    line.put(HOP)
    line.integer(hop)
    line.put(TIME)
  }

  #outcome(outcome: Outcome, { rewards, reward, retryOf }: PendingDecision): void {
    const line = this.#line
    this.#status(outcome.status)
    line.decimal(outcome.latencyMs, MS_DECIMALS)
    line.put(QUEUE)
    line.decimal(outcome.queueMs, MS_DECIMALS)
    line.put(WORK)
    line.decimal(outcome.workMs, MS_DECIMALS)
    this.#failure(outcome.failure, retryOf)
    for (let i = 0; i < REWARD_PARTS.length; i++) {
      line.put(REWARD_NAMES[i]!)
      line.decimal(rewards[REWARD_PARTS[i]!], REWARD_DECIMALS)
    }
    line.put(REWARD)
    line.decimal(reward, REWARD_DECIMALS)
  }

  #status(status: number): void {
    const line = this.#line
    if (status === 200) return line.put(STATUS_200)
    line.put(STATUS)
    line.integer(status)
    line.put(LATENCY)
  }

  #failure(failure: Outcome['failure'], retryOf: number | null): void {
    const line = this.#line
    if (failure === null && retryOf === null) return line.put(NEITHER)
    line.put(failure === null ? NO_FAILURE : literal(`,"failure":"${failure}","retryOf":`))
    if (retryOf === null) line.put(NULL)
    else line.integer(retryOf)
    line.put(OUTCOME_END)
  }

  #next({ next, dtMs, truncated }: PendingDecision): void {
    const line = this.#line
    const end = ENDS[next === undefined ? 0 : 1]![truncated ? 1 : 0]!
    if (next === undefined) return line.put(end)
    line.put(NEXT)
    line.decimal(dtMs, MS_DECIMALS)
    line.put(NEXT_STATE)
    line.append(next.json)
    line.put(end)
  }
}
