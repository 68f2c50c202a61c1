/** The linter of the predecessor's files: what is wrong with them is listed in `docs/datasets.md`. */
import { readLines } from '../../core/index.ts'
import { ChangingStates } from './changing-states.ts'
import { isSame } from './derived-run.ts'
import type { FindingKind, Findings } from './findings.ts'
import { METRICS, type PredecessorLine, serviceOfPath, serviceOfPod, timeOf } from './predecessor.ts'
import { predecessorFaults } from './predecessor-faults.ts'
import { RewardSuspicion } from './reward-suspicion.ts'

const MOST_SELF_LOOPS = 0.5
const FEWEST_FOR_ONE_ACTION = 20
const FEWEST_DECISIONS = 10_000
/** An instance that is not there in the last tenth of the file, though others of its service are, is gone. */
const LAST_PART = 0.9
const SERVER_FAULT = 500
/** Times are rounded: less than that is no step back. */
const CLOCK_MS = 1
const PER_CENT = 100

/** Returns the number of usable lines. */
export function lintPredecessor(file: string, findings: Findings): number {
  const whole = new WholeFile()
  let before = 0
  for (const { text, number, ended } of readLines(file)) {
    if (number > before + 1) findings.atLine('blank', before + 1, `${number - before - 1} blank`)
    before = number
    const { line, faults } = predecessorFaults(text, ended)
    for (const { fault, detail } of faults) findings.atLine(fault as FindingKind, number, detail)
    if (line !== undefined) whole.add(line, number, findings)
  }
  whole.report(findings)
  return whole.lines
}

class WholeFile {
  lines = 0
  #selfLoops = 0
  #stale = 0
  #lastLoggedMs = Number.NEGATIVE_INFINITY
  #metricsBefore: unknown
  readonly #seen = new Set<string>()
  readonly #paths = new Set<string>()
  readonly #rewards = new RewardSuspicion()
  readonly #states = new ChangingStates()
  /** By instance: the line of the file in which it was seen last. */
  readonly #lastSeen = new Map<string, number>()
  readonly #chosen = new Map<string, Map<string, number>>()
  readonly #first = new Map<string, number>()
  readonly #varies = new Set<string>()

  add(line: PredecessorLine, number: number, findings: Findings): void {
    const { state, next_state: next, action, reward, metadata } = line
    this.lines++
    const key = `${state.timestamp} ${action} ${metadata?.timestamp}`
    if (this.#seen.has(key))
      findings.atLine('duplicate', number, `action ${action} at ${state.timestamp} once more`)
    this.#seen.add(key)
    const loggedMs = timeOf(metadata?.timestamp ?? state.timestamp)
    if (loggedMs < this.#lastLoggedMs - CLOCK_MS)
      findings.atLine('time-backwards', number, 'logged before the line before')
    this.#lastLoggedMs = loggedMs
    if (isSame(state.metrics, next.metrics)) this.#selfLoops++
    if (this.#metricsBefore !== undefined && isSame(state.metrics, this.#metricsBefore)) this.#stale++
    this.#metricsBefore = state.metrics
    this.#addInstances(line, number, findings)
    this.#states.add('', withoutUptime(state))
    const status = metadata?.status ?? 0
    this.#rewards.add(reward, status, status === 0 || status >= SERVER_FAULT, null)
  }

  #addInstances({ state, action, metadata }: PredecessorLine, number: number, findings: Findings): void {
    const service = serviceOfPath(metadata?.path)
    if (service !== undefined) this.#paths.add(service)
    const pods = Object.keys(state.metrics)
    for (const pod of pods) this.#lastSeen.set(pod, this.lines)
    const routed = serviceOfPod(action, this.#paths)
    const first = pods[0]
    if (first !== undefined && serviceOfPod(first, this.#paths) !== routed) {
      findings.atLine('foreign-state', number, `${first} stands first, routed was ${routed}`)
    }
    const counts = this.#chosen.get(routed) ?? new Map<string, number>()
    this.#chosen.set(routed, counts)
    for (const pod of pods)
      if (serviceOfPod(pod, this.#paths) === routed && !counts.has(pod)) counts.set(pod, 0)
    counts.set(action, (counts.get(action) ?? 0) + 1)
    for (const metrics of Object.values(state.metrics)) {
      for (const { name, feature } of METRICS) {
        const value = metrics[name]
        if (feature === undefined || typeof value !== 'number') continue
        const known = this.#first.get(name)
        if (known === undefined) this.#first.set(name, value)
        else if (known !== value) this.#varies.add(name)
      }
    }
  }

  report(findings: Findings): void {
    if (this.lines === 0) return findings.overall('empty', 'not one line can be used')
    const percent = (count: number) => `in ${((count / this.lines) * PER_CENT).toFixed(1)} % of the lines`
    if (this.#selfLoops >= MOST_SELF_LOOPS * this.lines)
      findings.overall('self-loop', percent(this.#selfLoops))
    if (this.#stale >= MOST_SELF_LOOPS * this.lines) findings.overall('stale-state', percent(this.#stale))
    findings.overall('no-propensity', 'the format has no field for them, nor for the candidates', this.lines)
    this.#rewards.report(findings)
    this.#states.report(this.lines, findings)
    this.#reportActions(findings)
    const constant = [...this.#first.keys()].filter((name) => !this.#varies.has(name))
    if (constant.length > 0) {
      findings.overall('constant-feature', constant.join(', '))
    }
    if (this.lines < FEWEST_DECISIONS) findings.overall('few', `${this.lines} decisions`)
  }

  #reportActions(findings: Findings): void {
    for (const [service, counts] of this.#chosen) {
      const tries = [...counts.values()]
      const total = tries.reduce((sum, count) => sum + count, 0)
      const tried = tries.filter((count) => count > 0).length
      if (counts.size > 1 && total >= FEWEST_FOR_ONE_ACTION && tried === 1) {
        findings.overall('one-action', `${service}: in ${total} decisions`)
      }
    }
    const gone = this.#gone()
    if (gone.length > 0) findings.overall('vanished-instance', gone.slice(0, 5).join(', '), gone.length)
  }

  /** Instances of which nothing is known in the end, though others of their service are: a rare service may just be quiet. */
  #gone(): string[] {
    const lastOf = new Map<string, number>()
    const seen = [...this.#lastSeen].map(([pod, line]) => ({
      pod,
      line,
      service: serviceOfPod(pod, this.#paths),
    }))
    for (const { service, line } of seen) lastOf.set(service, Math.max(lastOf.get(service) ?? 0, line))
    const tenth = (1 - LAST_PART) * this.lines
    return seen.filter(({ service, line }) => line < lastOf.get(service)! - tenth).map(({ pod }) => pod)
  }
}

/** An uptime changes whatever else does. */
function withoutUptime({ metrics }: PredecessorLine['state']): unknown {
  return Object.values(metrics).map(({ uptimeSeconds: _, ...others }) => others)
}
