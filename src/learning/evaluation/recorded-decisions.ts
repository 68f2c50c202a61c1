/**
 * Recorded decisions as an evaluation needs them: all that a policy saw, what the logger might have done, what came of
 * it, and beside that the columns that models of the rewards are fitted on.
 */
import type { ExperienceRecord } from '../../experience/index.ts'
import { CONTEXT_WIDTH, INSTANCE_WIDTH, type Observation } from '../../routing/index.ts'
import { DecisionLog } from '../data/decision-log.ts'
import { float64Column, int32Column, uint8Column } from '../data/growing-column.ts'
import { RecordedObservations } from '../data/recorded-observation.ts'
import type { FeatureReader } from '../encoders/feature-reader.ts'

export class RecordedDecisions {
  /** The same decisions, row by row. */
  readonly log: DecisionLog
  /** By row: the trace of the client's request that caused it, as text. */
  readonly traces: string[] = []
  /** Policies that decided, as `id`; null for one that is not known. */
  readonly loggers = new Set<string | null>()
  readonly #observations = new RecordedObservations()
  readonly #context = float64Column()
  readonly #instances = float64Column()
  readonly #eligible = uint8Column()
  readonly #propensities = float64Column()
  /** Shape [rows + 1]: where the instances of a row begin. */
  readonly #starts = int32Column()
  readonly #decision = float64Column()
  readonly #observation: Observation = {
    service: '',
    nowMs: 0,
    count: 0,
    context: new Float64Array(CONTEXT_WIDTH),
    instances: new Float64Array(0),
    eligible: new Uint8Array(0),
    affinity: '',
    truth: undefined,
  }

  constructor(reader: FeatureReader) {
    this.log = new DecisionLog(reader)
    this.#starts.push(0)
  }

  get length(): number {
    return this.log.length
  }

  /** Shape [instances of all rows]: p(instance) of the logger; NaN where nobody knows. */
  get propensities(): Float64Array {
    return this.#propensities.values
  }

  /** Shape [instances of all rows]. */
  get eligible(): Uint8Array {
    return this.#eligible.values
  }

  /** Shape [rows + 1]. */
  get starts(): Int32Array {
    return this.#starts.values
  }

  /** Shape [rows]: number of the decision within its run. */
  get decision(): Float64Array {
    return this.#decision.values
  }

  /** Appends a record, unless it is of no use: `log.skipped` says why. */
  append(run: number, record: ExperienceRecord): void {
    const before = this.log.length
    this.log.append(run, record)
    if (this.log.length === before) return
    const { propensity, state } = record
    // As the log does: what was estimated from outside does not say who could be chosen just then.
    const told = record.propensityEstimated === true ? null : propensity
    const { context, instances, eligible, count } = this.#observations.of(
      record.service,
      record.t,
      state,
      told,
    )
    for (let f = 0; f < CONTEXT_WIDTH; f++) this.#context.push(context[f]!)
    for (let k = 0; k < count * INSTANCE_WIDTH; k++) this.#instances.push(instances[k]!)
    for (let i = 0; i < count; i++) {
      this.#eligible.push(eligible[i]!)
      this.#propensities.push(propensity?.[i] ?? Number.NaN)
    }
    this.#starts.push(this.#eligible.length)
    this.#decision.push(record.decision)
    this.traces.push(record.trace)
    this.loggers.add(record.policy?.id ?? null)
  }

  /** What the policy saw at a decision; overwritten by the next call. */
  observation(row: number): Observation {
    const { log, starts } = this
    const observation = this.#observation as { -readonly [K in keyof Observation]: Observation[K] }
    const start = starts[row]!
    const end = starts[row + 1]!
    observation.service = log.services[log.service[row]!]!
    observation.nowMs = log.timeMs[row]!
    observation.count = end - start
    observation.context = this.#context.values.subarray(row * CONTEXT_WIDTH, (row + 1) * CONTEXT_WIDTH)
    observation.instances = this.#instances.values.subarray(start * INSTANCE_WIDTH, end * INSTANCE_WIDTH)
    observation.eligible = this.#eligible.values.subarray(start, end)
    return observation
  }
}
