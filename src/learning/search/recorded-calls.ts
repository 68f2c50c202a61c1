/** The calls of one service in one run, as the log has them: in the order of time, in columns. */
import type { DecisionLog } from '../data/decision-log.ts'

export interface RecordedCalls {
  readonly service: string
  /** Instances that the service has had. */
  readonly instances: number
  /** Shape [calls], as are all below; rising. */
  readonly timeMs: Float64Array
  readonly route: Int32Array
  readonly instance: Int32Array
  readonly failed: Uint8Array
  readonly latencyMs: Float64Array
  /** NaN where the instance did not tell. */
  readonly queueMs: Float64Array
  readonly workMs: Float64Array
}

/** By service, in the order of the log's services, one entry per run that has calls of it among `rows`. */
export function recordedCalls(log: DecisionLog, rows: Uint32Array): RecordedCalls[][] {
  const byService: Map<number, number[]>[] = log.services.map(() => new Map())
  const { run, service, timeMs } = log
  for (const row of rows) {
    if (Number.isNaN(log.latencyMs[row]!)) continue // nobody said when it was done
    const byRun = byService[service[row]!]!
    const own = byRun.get(run[row]!)
    if (own === undefined) byRun.set(run[row]!, [row])
    else own.push(row)
  }
  return byService.map((byRun, index) =>
    [...byRun]
      .sort(([a], [b]) => a - b)
      .map(([, own]) =>
        callsOf(
          log,
          log.services[index]!,
          own.sort((a, b) => timeMs[a]! - timeMs[b]! || a - b),
        ),
      ),
  )
}

function callsOf(log: DecisionLog, service: string, rows: readonly number[]): RecordedCalls {
  const { timeMs, route, instance, failed, latencyMs, queueMs, workMs } = log
  let instances = 1
  for (const row of rows) instances = Math.max(instances, log.instances[row]!)
  return {
    service,
    instances,
    timeMs: Float64Array.from(rows, (row) => timeMs[row]!),
    route: Int32Array.from(rows, (row) => route[row]!),
    instance: Int32Array.from(rows, (row) => instance[row]!),
    failed: Uint8Array.from(rows, (row) => failed[row]!),
    latencyMs: Float64Array.from(rows, (row) => latencyMs[row]!),
    queueMs: Float64Array.from(rows, (row) => queueMs[row]!),
    workMs: Float64Array.from(rows, (row) => workMs[row]!),
  }
}
