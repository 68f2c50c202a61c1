/**
 * Recorded decisions in columns: the features of state and next state, before they are binned.
 *
 * Records are read once; the bins can only be fitted when all of the training split is known, so the numbers wait
 * here (about 150 bytes per decision among three instances).
 */
import { isServerFailure } from '../../core/index.ts'
import { type ColumnBatch, type ExperienceRecord, FLAGS } from '../../experience/index.ts'
import type { FeatureReader } from '../encoders/feature-reader.ts'
import { DecisionFacts, type SkipReason } from './decision-facts.ts'
import { float64Column, int32Column, uint8Column } from './growing-column.ts'
import { RecordedObservations } from './recorded-observation.ts'
import { StateColumns } from './state-columns.ts'

export class DecisionLog {
  readonly stateWidth: number
  readonly candidateWidth: number
  readonly state = new StateColumns()
  /** A row without candidates where nothing follows, or nothing is known of it. */
  readonly next = new StateColumns()
  /** Names of the services, in the order in which they came up. */
  readonly services: string[] = []
  readonly skipped = new Map<SkipReason, number>()
  /** Decisions with propensities that somebody estimated from outside. */
  estimatedPropensities = 0
  /** Index into the list of runs. */
  readonly #run = int32Column()
  readonly #timeMs = float64Column()
  readonly #service = int32Column()
  readonly #chosen = int32Column()
  readonly #propensity = float64Column()
  readonly #reward = float64Column()
  readonly #terminal = uint8Column()
  readonly #dtMs = float64Column()
  readonly #route = int32Column()
  readonly #instance = int32Column()
  readonly #instances = int32Column()
  readonly #strategy = int32Column()
  readonly #strategyPropensity = float64Column()
  readonly #failed = uint8Column()
  readonly #latencyMs = float64Column()
  readonly #queueMs = float64Column()
  readonly #workMs = float64Column()
  readonly #reader: FeatureReader
  readonly #observations = new RecordedObservations()
  readonly #facts = new DecisionFacts()
  readonly #serviceIndex = new Map<string, number>()

  constructor(reader: FeatureReader) {
    this.#reader = reader
    this.stateWidth = reader.stateWidth
    this.candidateWidth = reader.candidateWidth
  }

  /** Appends a record, or counts why it is of no use. */
  append(run: number, record: ExperienceRecord): void {
    const facts = this.#facts
    const reason = facts.readRecord(record)
    if (reason !== undefined) return this.#skip(reason)
    const { state, next } = record
    // Estimates are shares over a time, of which this moment may have been none.
    const propensity = facts.estimated ? null : record.propensity
    this.#reader.read(this.#observations.of(facts.service, facts.timeMs, state, propensity))
    if (!this.#appendDecision(run)) return
    if (next === null || facts.done) this.next.appendNothing(this.#reader)
    else {
      this.#reader.read(this.#observations.of(facts.service, facts.timeMs, next))
      this.next.append(this.#reader)
    }
  }

  /** Appends the rows of a batch. @param services of the run, in the order of `dataset.json` */
  appendBatch(run: number, batch: ColumnBatch, services: readonly string[]): void {
    for (let row = 0; row < batch.rows; row++) this.#appendRow(run, batch, row, services)
  }

  #appendRow(run: number, batch: ColumnBatch, row: number, services: readonly string[]): void {
    const facts = this.#facts
    const reason = facts.readRow(batch, row, services)
    if (reason !== undefined) return this.#skip(reason)
    const { service, timeMs } = facts
    this.#reader.read(this.#observations.ofState(service, timeMs, batch, row, !facts.estimated))
    if (!this.#appendDecision(run)) return
    if ((batch.columns.flags[row]! & FLAGS.next) === 0 || facts.done) this.next.appendNothing(this.#reader)
    else {
      this.#reader.read(this.#observations.ofNext(service, timeMs, batch, row))
      this.next.append(this.#reader)
    }
  }

  #skip(reason: SkipReason): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1)
  }

  /** Appends what was read last, unless what was chosen was none of the candidates. */
  #appendDecision(run: number): boolean {
    const facts = this.#facts
    const chosen = this.#reader.positions.subarray(0, this.#reader.count).indexOf(facts.action)
    if (chosen < 0) {
      this.#skip('chosen-not-eligible')
      return false
    }
    this.#chosen.push(chosen)
    this.state.append(this.#reader)
    this.#run.push(run)
    this.#timeMs.push(facts.timeMs)
    this.#service.push(this.#indexOf(facts.service))
    this.#propensity.push(facts.propensity)
    if (facts.estimated) this.estimatedPropensities++
    this.#reward.push(facts.reward)
    this.#terminal.push(facts.done ? 1 : 0)
    this.#dtMs.push(facts.dtMs)
    this.#route.push(facts.route)
    this.#instance.push(facts.action)
    this.#instances.push(facts.instances)
    this.#strategy.push(facts.strategy)
    this.#strategyPropensity.push(facts.strategyPropensity)
    this.#failed.push(isServerFailure({ status: facts.status }) ? 1 : 0)
    this.#latencyMs.push(facts.latencyMs)
    this.#queueMs.push(facts.queueMs)
    this.#workMs.push(facts.workMs)
    return true
  }

  #indexOf(service: string): number {
    const known = this.#serviceIndex.get(service)
    if (known !== undefined) return known
    this.#serviceIndex.set(service, this.services.length)
    return this.services.push(service) - 1
  }

  get length(): number {
    return this.#run.length
  }

  get run(): Int32Array {
    return this.#run.values
  }

  get timeMs(): Float64Array {
    return this.#timeMs.values
  }

  /** Index into `services`. */
  get service(): Int32Array {
    return this.#service.values
  }

  /** Position of the chosen instance among the candidates. */
  get chosen(): Int32Array {
    return this.#chosen.values
  }

  /** Probability with which the logger chose as it did; NaN where the log does not say. */
  get propensity(): Float64Array {
    return this.#propensity.values
  }

  get reward(): Float64Array {
    return this.#reward.values
  }

  /** Index of the route class. */
  get route(): Int32Array {
    return this.#route.values
  }

  /** Index of the chosen instance among those of the service, eligible or not, and how many there were. */
  get instance(): Int32Array {
    return this.#instance.values
  }

  get instances(): Int32Array {
    return this.#instances.values
  }

  /** Index of the strategy that the policy went by, -1 where it has none; and the probability of that. */
  get strategy(): Int32Array {
    return this.#strategy.values
  }

  get strategyPropensity(): Float64Array {
    return this.#strategyPropensity.values
  }

  /** 1 where the answer was a failure of the server, or there was none. */
  get failed(): Uint8Array {
    return this.#failed.values
  }

  get latencyMs(): Float64Array {
    return this.#latencyMs.values
  }

  /** Waiting at the instance, and being worked on; NaN where it did not tell. */
  get queueMs(): Float64Array {
    return this.#queueMs.values
  }

  get workMs(): Float64Array {
    return this.#workMs.values
  }

  /** 1 where the process ended: nothing follows. */
  get terminal(): Uint8Array {
    return this.#terminal.values
  }

  /** Time to the next state; NaN where there is none. */
  get dtMs(): Float64Array {
    return this.#dtMs.values
  }
}
