/**
 * The predecessor's `rl_experiences.jsonl` as a run of ours. What it did not record is null: propensities, latencies, the
 * policy, the trace (all zeros), and all features but five. The reward is taken as it is; its one part that can be told
 * from the status is the error.
 */
import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { DataError, isServerFailure, readLines, sha256Hex } from '../../core/index.ts'
import { CONTEXT_FEATURES, contextFeature, INSTANCE_FEATURES } from '../../routing/index.ts'
import { type DatasetDescription, RECORD_VERSION, type RecordedState } from '../record.ts'
import { DerivedRun, type DerivedRuns, isSame } from './derived-run.ts'
import { writeFreshDirectory } from './fresh-directory.ts'
import { type PredecessorLine, rowOf, serviceOfPath, serviceOfPod, timeOf } from './predecessor.ts'
import { predecessorFaults } from './predecessor-faults.ts'

const ROUTE = contextFeature('route')
const NO_TRACE = '0'.repeat(32)
const MESSAGES_KEPT = 10
const PER_CENT = 100

interface Survey {
  readonly services: ReadonlyMap<string, readonly string[]>
  readonly routes: readonly string[]
  readonly startMs: number
  readonly lines: number
  readonly hash: string
}

/** @throws DataError if the file is missing, or has no usable line */
export async function importPredecessor({
  file,
  out,
}: {
  readonly file: string
  readonly out: string
}): Promise<DerivedRuns> {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new DataError(`${file}: no such file: name the predecessor's rl_experiences.jsonl`)
  const problems = new Problems(file)
  const survey = surveyOf(file)
  if (survey.lines === 0) {
    throw new DataError(
      `${file}: no line with state, action, reward and next_state: is it the predecessor's?`,
    )
  }
  return await writeFreshDirectory(out, (partial) => {
    const description = descriptionOf(file, survey)
    const target = new DerivedRun(partial, description, { requests: false })
    try {
      write(file, survey, description, target, problems)
    } finally {
      target.close()
    }
    const decisions = target.experiences.lines
    return {
      runs: [{ directory: out, decisions }],
      leftOut: problems.counts,
      problems: problems.all(decisions),
    }
  })
}

function* usableLines(file: string, problems?: Problems): Generator<PredecessorLine> {
  for (const { text, number, ended } of readLines(file)) {
    const { line, faults } = predecessorFaults(text, ended)
    if (line !== undefined) yield line
    else problems?.add(number, faults[0]!.fault, faults[0]!.detail)
  }
}

/** The first reading: names, which must be known before the first record is written. */
function surveyOf(file: string): Survey {
  const pods = new Set<string>()
  const paths = new Set<string>()
  const routes = new Set<string>()
  let [lines, startMs] = [0, Number.POSITIVE_INFINITY]
  for (const { state, action, metadata } of usableLines(file)) {
    lines++
    startMs = Math.min(startMs, timeOf(state.timestamp))
    for (const pod of Object.keys(state.metrics)) pods.add(pod)
    pods.add(action)
    routes.add(routeOf(metadata?.path))
    const service = serviceOfPath(metadata?.path)
    if (service !== undefined) paths.add(service)
  }
  const services = new Map<string, string[]>()
  for (const pod of [...pods].sort()) {
    const service = serviceOfPod(pod, paths)
    services.set(service, [...(services.get(service) ?? []), pod])
  }
  const hash = sha256Hex(JSON.stringify([[...pods].sort(), [...routes].sort(), lines, startMs]))
  return { services, routes: [...routes].sort(), startMs, lines, hash }
}

/** Ids in a path are no part of what is asked for. */
function routeOf(path: string | undefined): string {
  if (path === undefined) return 'unknown'
  const own = path.replace(/^\/?proxy\//, '').replace(/\?.*/, '')
  return own.replaceAll(/\/[^/]*\d[^/]*/g, '/*')
}

function descriptionOf(file: string, { services, routes, hash }: Survey): DatasetDescription {
  return {
    version: RECORD_VERSION,
    run: `predecessor-${hash.slice(0, 12)}`,
    scenario: { name: 'predecessor', hash },
    world: 'live',
    observedBy: 'client',
    seed: 0,
    contextFeatures: CONTEXT_FEATURES,
    instanceFeatures: INSTANCE_FEATURES,
    services: Object.fromEntries(services),
    routes,
    reward: {
      targetLatencyMs: 100,
      weights: { latency: 0, error: 1, throughput: 0, balance: 0, satisfaction: 0 },
    },
    made: { by: 'import', from: [basename(file)], foreignRewards: true },
  }
}

function write(
  file: string,
  { services, routes, startMs, lines }: Survey,
  { run }: DatasetDescription,
  target: DerivedRun,
  problems: Problems,
): void {
  const serviceOf = new Map(
    [...services].flatMap(([service, pods]) => pods.map((pod) => [pod, service] as const)),
  )
  let decision = 0
  for (const line of usableLines(file, problems)) {
    const { state, next_state: next, action, reward, metadata } = line
    const service = serviceOf.get(action)!
    const pods = services.get(service)!
    const route = routeOf(metadata?.path)
    const t = thousandth(timeOf(state.timestamp) - startMs)
    const status = metadata?.status
    if (isSame(state.metrics, next.metrics)) problems.selfLoops++
    if (reward === errorsOnly(status)) problems.statusOnly++
    const toState = ({ metrics }: PredecessorLine['state']): RecordedState => ({
      context: CONTEXT_FEATURES.map((_, i) => (i === ROUTE ? routes.indexOf(route) : null)),
      instances: pods.map((pod) => (metrics[pod] === undefined ? null : rowOf(metrics[pod]))),
    })
    const record = {
      v: RECORD_VERSION,
      run,
      decision,
      trace: NO_TRACE,
      hop: 0,
      t,
      phase: null,
      profile: null,
      service,
      route,
      state: toState(state),
      action: { index: pods.indexOf(action), instance: action },
      propensity: null,
      policy: null,
      outcome: {
        status: status ?? 0,
        latencyMs: null,
        queueMs: null,
        workMs: null,
        failure: null,
        retryOf: null,
      },
      rewards: {
        latency: null,
        error: status === undefined ? null : isServerFailure({ status }) ? -1 : 0,
        throughput: null,
        balance: null,
        satisfaction: null,
      },
      reward,
      next: { dtMs: thousandth(timeOf(next.timestamp) - timeOf(state.timestamp)), ...toState(next) },
      done: false,
      truncated: ++decision === lines,
    }
    target.experiences.line(JSON.stringify(record))
  }
}

/** The predecessor's reward: the status and nothing else. */
function errorsOnly(status: number | undefined): number {
  if (status === undefined) return Number.NaN
  return status >= 500 ? -2 : status >= 400 ? -1 : status < 300 ? 1 : 0
}

class Problems {
  readonly counts: Record<string, number> = {}
  selfLoops = 0
  statusOnly = 0
  readonly #file: string
  readonly #messages: string[] = []

  constructor(file: string) {
    this.#file = file
  }

  add(line: number, fault: string, detail: string): void {
    this.counts[fault] = (this.counts[fault] ?? 0) + 1
    if (this.#messages.length < MESSAGES_KEPT)
      this.#messages.push(`${this.#file}:${line}: ${fault}: ${detail}`)
  }

  /** Also what holds for the file as a whole. */
  all(decisions: number): string[] {
    const percent = (count: number) => `${Math.round((count / decisions) * PER_CENT)} %`
    const loops = `${this.#file}: self-loop: in ${percent(this.selfLoops)} of the decisions the next state is the state: nothing can be learned of what a decision leads to`
    const status = `${this.#file}: reward-of-status: in ${percent(this.statusOnly)} of the decisions the reward is that of the status alone: slow answers cost nothing`
    return [
      ...this.#messages,
      ...(this.selfLoops > 0 ? [loops] : []),
      ...(this.statusOnly > 0 ? [status] : []),
      `${this.#file}: no propensities: what another policy would have earned cannot be estimated`,
    ]
  }
}

function thousandth(value: number): number {
  return Math.round(value * 1000) / 1000 + 0
}
