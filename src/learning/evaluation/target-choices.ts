/**
 * What a policy would have done at every recorded decision, with which probability.
 *
 * The policy runs over the record as it would have run beside the logger: per run and service one instance of it, which
 * sees every state in the order of time, and hears of the requests that were really sent and of their answers when they
 * came. What it would have led to instead is not to be had from a record: a policy with memory is judged with the memory
 * of what the logger did.
 */
import { keyedStream, keyOf, mixKeys, UsageError } from '../../core/index.ts'
import type { Policy, PolicyFactory, PolicyOutcome } from '../../routing/index.ts'
import type { RecordedDecisions } from './recorded-decisions.ts'

export interface TargetChoices {
  readonly id: string
  readonly version: string
  /** Shape [instances of all rows]: pi(instance). A row sums to less than 1 where the policy would shed the request. */
  readonly probability: Float64Array
  /** Shape [rows]: of the instance that the logger chose. */
  readonly logged: Float64Array
  /** Share of decisions that it would have refused. */
  readonly shedShare: number
  /**
   * Share of the requests that it would have sent to another instance on the whole: half the summed difference between
   * its shares of a service's requests and those that the logger meant.
   */
  readonly trafficShift: number
  /** What the policy needs and no record has, in words. */
  readonly warnings: readonly string[]
}

/** @throws UsageError for an oracle */
export function targetChoices(decisions: RecordedDecisions, factory: PolicyFactory): TargetChoices {
  const { log, starts } = decisions
  const probability = new Float64Array(starts[decisions.length]!)
  const logged = new Float64Array(decisions.length)
  let policy: Policy | undefined
  let shed = 0
  let shifted = 0
  for (const rows of streamsOf(decisions)) {
    policy = factory(log.services[log.service[rows[0]!]!]!)
    requirePlain(policy)
    shed += follow(policy, decisions, rows, probability, logged)
    shifted += shiftedRequests(decisions, rows, probability)
  }
  const warnings = policy === undefined ? [] : missingIn(policy)
  const { id, version } = policy ?? { id: '', version: '' }
  const shares = { shedShare: shed / decisions.length, trafficShift: shifted / decisions.length }
  return { id, version, probability, logged, ...shares, warnings }
}

/** The rows of each service in each run, in the order of its decisions. */
function streamsOf({ log, decision, length }: RecordedDecisions): Uint32Array[] {
  const { run, service } = log
  const rows = Uint32Array.from({ length }, (_, row) => row)
  rows.sort((a, b) => run[a]! - run[b]! || service[a]! - service[b]! || decision[a]! - decision[b]!)
  const streams: Uint32Array[] = []
  let start = 0
  for (let k = 1; k <= length; k++) {
    const same =
      k < length && run[rows[k]!] === run[rows[start]!] && service[rows[k]!] === service[rows[start]!]
    if (same) continue
    streams.push(rows.subarray(start, k))
    start = k
  }
  return streams
}

function requirePlain({ id, needsTruth }: Policy): void {
  if (needsTruth !== true) return
  throw new UsageError(
    `policy "${id}" is an oracle: it reads what no record has; compare it in the virtual world instead`,
  )
}

/** Lets one policy see one service. Returns the number of requests that it would have refused. */
function follow(
  policy: Policy,
  decisions: RecordedDecisions,
  rows: Uint32Array,
  probability: Float64Array,
  logged: Float64Array,
): number {
  const { log, starts } = decisions
  const { timeMs, latencyMs, instance, run } = log
  const endMs = (row: number) => timeMs[row]! + latencyMs[row]!
  // An imported record may not say how long an answer took: then nobody heard of it.
  const answers = rows.filter((row) => !Number.isNaN(endMs(row))).sort((a, b) => endMs(a) - endMs(b) || a - b)
  const random = keyedStream(mixKeys(keyOf(policy.id), run[rows[0]!]!))
  const outcome = new ReusedOutcome()
  let answered = 0
  let shed = 0
  for (const row of rows) {
    while (answered < answers.length && endMs(answers[answered]!) <= timeMs[row]!) {
      const told = outcome.of(decisions, answers[answered++]!)
      policy.onOutcome?.(told)
    }
    const own = probability.subarray(starts[row]!, starts[row + 1]!)
    if (policy.choose(decisions.observation(row), random, own) === -1) shed++
    logged[row] = own[instance[row]!]!
    policy.onStart?.(instance[row]!, timeMs[row]!)
  }
  return shed
}

/** Requests of one service in one run that would have gone elsewhere, on the whole. */
function shiftedRequests(
  { log, starts, propensities }: RecordedDecisions,
  rows: Uint32Array,
  probability: Float64Array,
): number {
  const gained: number[] = []
  for (const row of rows) {
    const start = starts[row]!
    for (let k = start; k < starts[row + 1]!; k++) {
      const chosen = k - start === log.instance[row] ? 1 : 0
      const logged = Number.isNaN(propensities[k]!) ? chosen : propensities[k]!
      gained[k - start] = (gained[k - start] ?? 0) + probability[k]! - logged
    }
  }
  return gained.reduce((sum, gain) => sum + Math.abs(gain), 0) / 2
}

class ReusedOutcome implements PolicyOutcome {
  instance = 0
  nowMs = 0
  latencyMs = 0
  failed = false
  /** No record says what an instance told with its answer; the states say what it told last. */
  readonly queueDepth = Number.NaN
  queueMs = Number.NaN
  workMs = Number.NaN

  of({ log }: RecordedDecisions, row: number): PolicyOutcome {
    this.instance = log.instance[row]!
    this.nowMs = log.timeMs[row]! + log.latencyMs[row]!
    this.latencyMs = log.latencyMs[row]!
    this.failed = log.failed[row] === 1
    this.queueMs = log.queueMs[row]!
    this.workMs = log.workMs[row]!
    return this
  }
}

/** By policies that need it. */
const NEVER_RECORDED: readonly (readonly [needing: RegExp, what: string])[] = [
  [/\bprequal\b/, 'the answers to its probes'],
  [/\bconsistent-hash\b/, 'what requests of one kind share (affinity)'],
  [/\b(?:health-checks|c3)\b/, 'all that instances reported of themselves'],
  [/\bhedging\b/, 'what its second requests would have come to'],
]

function missingIn({ id }: Policy): string[] {
  const missing = NEVER_RECORDED.filter(([needing]) => needing.test(id)).map(([, what]) => what)
  return missing.length === 0
    ? []
    : [`no record has ${missing.join(', nor ')}: it is judged as it is without`]
}
