/**
 * Reads a line that our own writer wrote straight from bytes into columns, without strings and objects in between.
 *
 * It knows the order of the fields (`record-encoder.ts`) and refuses whatever surprises it: other fields, another
 * order, escapes, blanks, long numbers, what does not fit `dataset.json`. A refused line is none the worse for it: it
 * is parsed by `JSON.parse` and checked as every reader checks it. Hot path: see `bench/ingest.bench.ts`.
 */
import { REWARD_PARTS } from '../../core/index.ts'
import { literal } from '../json-bytes.ts'
import { type DatasetDescription, RECORD_VERSION } from '../record.ts'
import { FLAGS } from './column-batch.ts'
import type { ColumnWriter } from './column-writer.ts'
import * as pieces from './record-pieces.ts'
import { isNull, scanNumber, scanned } from './scan-numbers.ts'
import { behind, endOfText, isQuote, isTrace, readTrace, TRACE_DIGITS } from './scan-text.ts'
import { StateScanner } from './state-scanner.ts'

const UNKNOWN = -1
const REFUSED = -1
/** Places among the numbers of a line, which are written when all of it was read. */
const [DECISION, HOP_AT, TIME_AT, SCRATCH] = [0, 1, 2, 3] as const
const [STATUS_AT, LATENCY_AT, QUEUE_AT, WORK_AT, RETRY_AT] = [4, 5, 6, 7, 8] as const
const [DT_AT, REWARD_AT, REWARDS_AT] = [9, 10, 11] as const

export class RecordScanner {
  readonly #writer: ColumnWriter
  readonly #states: StateScanner
  readonly #start: Uint8Array
  /** Place of a service by the number of its name, and how many instances it has. */
  readonly #services = new Map<number, number>()
  readonly #instances: readonly number[]
  readonly #strategies: number
  readonly #byClient: boolean
  readonly #numbers = new Float64Array(REWARDS_AT + REWARD_PARTS.length)
  #text = UNKNOWN
  #action = UNKNOWN
  #strategy = UNKNOWN
  #policyId = UNKNOWN
  #policyVersion = UNKNOWN
  #failure = UNKNOWN
  #flags = 0

  constructor(dataset: DatasetDescription, writer: ColumnWriter) {
    this.#writer = writer
    this.#states = new StateScanner(writer)
    this.#start = literal(`{"v":${RECORD_VERSION},"run":${JSON.stringify(dataset.run)},"decision":`)
    for (const [place, service] of Object.keys(dataset.services).entries()) {
      this.#services.set(writer.texts.numberOf(service), place)
    }
    this.#instances = Object.values(dataset.services).map((ids) => ids.length)
    this.#strategies = dataset.strategies?.length ?? 0
    this.#byClient = dataset.observedBy === 'client'
  }

  /** Appends the line from `start` to `end` (the newline not included); false, and nothing appended, if it refuses. */
  append(bytes: Uint8Array, start: number, end: number, line: number): boolean {
    if (this.#line(bytes, start, end, line)) {
      this.#writer.rows++
      return true
    }
    this.#states.takeBack()
    return false
  }

  #line(bytes: Uint8Array, start: number, end: number, line: number): boolean {
    let at = this.#number(bytes, behind(bytes, start, this.#start), DECISION)
    const trace = behind(bytes, at, pieces.TRACE)
    if (trace < 0 || !isTrace(bytes, trace)) return false
    at = this.#number(bytes, behind(bytes, trace + TRACE_DIGITS, pieces.HOP), HOP_AT)
    at = this.#number(bytes, behind(bytes, at, pieces.TIME), TIME_AT)
    at = this.#textOrNull(bytes, behind(bytes, at, pieces.PHASE))
    const phase = this.#text
    at = this.#textOrNull(bytes, behind(bytes, at, pieces.PROFILE))
    const profile = this.#text
    at = this.#string(bytes, behind(bytes, at, pieces.SERVICE))
    const service = at < 0 ? undefined : this.#services.get(this.#text)
    if (service === undefined) return false
    at = this.#string(bytes, behind(bytes, at, pieces.ROUTE))
    const route = this.#text
    at = this.#rest(bytes, at, this.#instances[service]!)
    // What stands behind the record (a carriage return) refuses it, too: nothing may have been appended by then.
    if (at !== end) return false
    const { columns } = this.#writer
    columns.line.push(line)
    columns.phase.push(phase)
    columns.profile.push(profile)
    columns.service.push(service)
    columns.route.push(route)
    columns.trace.reserve(TRACE_DIGITS / 2)
    readTrace(bytes, trace, columns.trace.values, columns.trace.length)
    columns.trace.length += TRACE_DIGITS / 2
    this.#push()
    return true
  }

  /** From the state to the end; `rows` instances are known of the service. */
  #rest(bytes: Uint8Array, from: number, rows: number): number {
    this.#flags = 0
    this.#action = this.#strategy = this.#policyId = this.#policyVersion = UNKNOWN
    let at = this.#states.state(bytes, behind(bytes, from, pieces.STATE), rows, false)
    at = this.#chosen(bytes, behind(bytes, at, pieces.ACTION), this.#byClient ? rows : this.#states.count)
    at = this.#propensities(bytes, behind(bytes, at, pieces.PROPENSITY), rows)
    at = this.#policy(bytes, behind(bytes, at, pieces.POLICY))
    at = this.#outcome(bytes, behind(bytes, at, pieces.OUTCOME))
    at = this.#next(bytes, behind(bytes, at, pieces.NEXT), rows)
    at = this.#flag(bytes, behind(bytes, at, pieces.DONE), FLAGS.done)
    at = this.#flag(bytes, behind(bytes, at, pieces.TRUNCATED), FLAGS.truncated)
    return behind(bytes, at, pieces.END)
  }

  #chosen(bytes: Uint8Array, from: number, there: number): number {
    if (from < 0) return REFUSED
    if (isNull(bytes, from)) return from + 4
    let at = this.#number(bytes, behind(bytes, from, pieces.INDEX), SCRATCH)
    const index = this.#numbers[SCRATCH]!
    if (at < 0 || !Number.isInteger(index) || index < 0 || index >= there) return REFUSED
    this.#action = index
    at = this.#string(bytes, behind(bytes, at, pieces.INSTANCE))
    const strategy = behind(bytes, at, pieces.STRATEGY)
    if (strategy < 0) return behind(bytes, at, pieces.END)
    at = this.#number(bytes, strategy, SCRATCH)
    this.#strategy = this.#numbers[SCRATCH]!
    if (!Number.isInteger(this.#strategy)) return REFUSED
    return behind(bytes, this.#string(bytes, behind(bytes, at, pieces.NAME)), pieces.ENDS)
  }

  #propensities(bytes: Uint8Array, from: number, rows: number): number {
    if (from < 0) return REFUSED
    const { propensity, strategyPropensity } = this.#writer.columns
    let at = from + 4
    if (!isNull(bytes, from)) {
      this.#flags |= FLAGS.propensity
      at = this.#states.list(bytes, behind(bytes, from, pieces.LIST), propensity, rows)
    }
    const strategies = behind(bytes, at, pieces.STRATEGY_PROPENSITY)
    if (strategies >= 0) at = this.#states.list(bytes, strategies, strategyPropensity, this.#strategies)
    const estimated = behind(bytes, at, pieces.ESTIMATED)
    if (estimated < 0) return at
    this.#flags |= FLAGS.propensityEstimated
    return estimated
  }

  #policy(bytes: Uint8Array, from: number): number {
    if (from < 0) return REFUSED
    if (isNull(bytes, from)) return from + 4
    let at = this.#string(bytes, behind(bytes, from, pieces.ID))
    this.#policyId = this.#text
    at = this.#string(bytes, behind(bytes, at, pieces.VERSION))
    this.#policyVersion = this.#text
    return behind(bytes, at, pieces.END)
  }

  #outcome(bytes: Uint8Array, from: number): number {
    this.#failure = UNKNOWN
    const nothing = behind(bytes, from, pieces.NO_OUTCOME)
    if (nothing >= 0) {
      this.#numbers.fill(Number.NaN, STATUS_AT)
      this.#numbers[STATUS_AT] = UNKNOWN
      return nothing
    }
    this.#flags |= FLAGS.outcome
    let at = this.#number(bytes, behind(bytes, from, pieces.STATUS), STATUS_AT)
    at = this.#numberOrNull(bytes, behind(bytes, at, pieces.LATENCY), LATENCY_AT)
    at = this.#numberOrNull(bytes, behind(bytes, at, pieces.QUEUE), QUEUE_AT)
    at = this.#numberOrNull(bytes, behind(bytes, at, pieces.WORK), WORK_AT)
    at = this.#textOrNull(bytes, behind(bytes, at, pieces.FAILURE))
    this.#failure = this.#text
    at = this.#numberOrNull(bytes, behind(bytes, at, pieces.RETRY_OF), RETRY_AT)
    for (let i = 0; i < pieces.REWARD_NAMES.length; i++) {
      at = this.#numberOrNull(bytes, behind(bytes, at, pieces.REWARD_NAMES[i]!), REWARDS_AT + i)
    }
    return this.#numberOrNull(bytes, behind(bytes, at, pieces.REWARD), REWARD_AT)
  }

  #next(bytes: Uint8Array, from: number, rows: number): number {
    if (from < 0) return REFUSED
    if (isNull(bytes, from)) {
      this.#numbers[DT_AT] = Number.NaN
      this.#states.noNext()
      return from + 4
    }
    this.#flags |= FLAGS.next
    const at = this.#number(bytes, behind(bytes, from, pieces.DT), DT_AT)
    return behind(bytes, this.#states.state(bytes, behind(bytes, at, pieces.CONTEXT), rows, true), pieces.END)
  }

  #flag(bytes: Uint8Array, from: number, flag: number): number {
    const yes = behind(bytes, from, pieces.TRUE)
    if (yes < 0) return behind(bytes, from, pieces.FALSE)
    this.#flags |= flag
    return yes
  }

  #number(bytes: Uint8Array, from: number, place: number): number {
    const at = this.#numberOrNull(bytes, from, place)
    return Number.isNaN(this.#numbers[place]!) ? REFUSED : at
  }

  #numberOrNull(bytes: Uint8Array, from: number, place: number): number {
    if (from < 0) return REFUSED
    const at = scanNumber(bytes, from)
    this.#numbers[place] = scanned.value
    return at
  }

  #string(bytes: Uint8Array, from: number): number {
    if (from < 0 || !isQuote(bytes, from)) return REFUSED
    const end = endOfText(bytes, from + 1)
    if (end < 0) return REFUSED
    this.#text = this.#writer.texts.numberOfBytes(bytes, from + 1, end)
    return end + 1
  }

  #textOrNull(bytes: Uint8Array, from: number): number {
    if (from < 0 || !isNull(bytes, from)) return this.#string(bytes, from)
    this.#text = UNKNOWN
    return from + 4
  }

  #push(): void {
    const { columns } = this.#writer
    const numbers = this.#numbers
    columns.decision.push(numbers[DECISION]!)
    columns.hop.push(numbers[HOP_AT]!)
    columns.timeMs.push(numbers[TIME_AT]!)
    columns.action.push(this.#action)
    columns.strategy.push(this.#strategy)
    columns.policyId.push(this.#policyId)
    columns.policyVersion.push(this.#policyVersion)
    columns.status.push(numbers[STATUS_AT]!)
    columns.latencyMs.push(numbers[LATENCY_AT]!)
    columns.queueMs.push(numbers[QUEUE_AT]!)
    columns.workMs.push(numbers[WORK_AT]!)
    columns.failure.push(this.#failure)
    columns.retryOf.push(numbers[RETRY_AT]!)
    for (let i = 0; i < REWARD_PARTS.length; i++) columns.rewards.push(numbers[REWARDS_AT + i]!)
    columns.reward.push(numbers[REWARD_AT]!)
    columns.dtMs.push(numbers[DT_AT]!)
    columns.flags.push(this.#flags)
    this.#states.keep()
  }
}
