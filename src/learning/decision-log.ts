/**
 * Recorded decisions in columns: the features of state and next state, before they are binned.
 *
 * Records are read once; the bins can only be fitted when all of the training split is known, so the numbers wait
 * here (about 150 bytes per decision among three instances).
 */
import type { ExperienceRecord, RecordedState } from '../experience/index.ts'
import type { FeatureReader } from './encoders/feature-reader.ts'
import { float32Column, float64Column, int32Column, uint8Column } from './growing-column.ts'
import { RecordedObservations } from './recorded-observation.ts'

/** Why a readable record is of no use for training. */
export type SkipReason = 'no-action' | 'no-outcome' | 'no-reward' | 'chosen-not-eligible'

/** Features of one state per row. */
export class StateColumns {
  /** Shape [rows x stateWidth]. */
  readonly #state = float32Column()
  /** Shape [candidates of all rows x candidateWidth]. */
  readonly #candidates = float32Column()
  readonly #inFlight = float32Column()
  /** Shape [rows + 1]: where the candidates of a row begin. */
  readonly #starts = int32Column()

  constructor() {
    this.#starts.push(0)
  }

  append(reader: FeatureReader): void {
    for (let f = 0; f < reader.stateWidth; f++) this.#state.push(reader.state[f]!)
    for (let k = 0; k < reader.count * reader.candidateWidth; k++)
      this.#candidates.push(reader.candidates[k]!)
    for (let k = 0; k < reader.count; k++) this.#inFlight.push(reader.inFlight[k]!)
    this.#starts.push(this.#inFlight.length)
  }

  /** A row without candidates: nothing is known of it. */
  appendNothing(reader: FeatureReader): void {
    for (let f = 0; f < reader.stateWidth; f++) this.#state.push(Number.NaN)
    this.#starts.push(this.#inFlight.length)
  }

  get state(): Float32Array {
    return this.#state.values
  }

  get candidates(): Float32Array {
    return this.#candidates.values
  }

  get inFlight(): Float32Array {
    return this.#inFlight.values
  }

  get starts(): Int32Array {
    return this.#starts.values
  }
}

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
  readonly #reader: FeatureReader
  readonly #observations = new RecordedObservations()
  readonly #serviceIndex = new Map<string, number>()

  constructor(reader: FeatureReader) {
    this.#reader = reader
    this.stateWidth = reader.stateWidth
    this.candidateWidth = reader.candidateWidth
  }

  /** Appends a record, or counts why it is of no use. */
  append(run: number, record: ExperienceRecord): void {
    const reason = skipReason(record) ?? this.#appendState(record)
    if (reason !== undefined) {
      this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + 1)
      return
    }
    this.#run.push(run)
    this.#timeMs.push(record.t)
    this.#service.push(this.#indexOf(record.service))
    this.#propensity.push(knownPropensity(record))
    if (record.propensityEstimated === true) this.estimatedPropensities++
    this.#reward.push(record.reward!)
    this.#terminal.push(record.done ? 1 : 0)
    this.#dtMs.push(record.next?.dtMs ?? Number.NaN)
    if (record.next === null || record.done) this.next.appendNothing(this.#reader)
    else {
      this.#read(record, record.next)
      this.next.append(this.#reader)
    }
  }

  /** Appends the state and the chosen candidate, unless the chosen one was none of the candidates. */
  #appendState(record: ExperienceRecord): SkipReason | undefined {
    // Estimates are shares over a time, of which this moment may have been none.
    const { propensity } = record
    this.#read(record, record.state, record.propensityEstimated === true ? null : propensity)
    const chosen = this.#reader.positions.subarray(0, this.#reader.count).indexOf(record.action!.index)
    if (chosen < 0) return 'chosen-not-eligible'
    this.#chosen.push(chosen)
    this.state.append(this.#reader)
    return undefined
  }

  #read(record: ExperienceRecord, state: RecordedState, propensity: readonly number[] | null = null): void {
    this.#reader.read(this.#observations.of(record.service, record.t, state, propensity))
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

  /** 1 where the process ended: nothing follows. */
  get terminal(): Uint8Array {
    return this.#terminal.values
  }

  /** Time to the next state; NaN where there is none. */
  get dtMs(): Float64Array {
    return this.#dtMs.values
  }
}

function skipReason(record: ExperienceRecord): SkipReason | undefined {
  if (record.action === null) return 'no-action'
  if (record.outcome === null || record.outcome === undefined) return 'no-outcome'
  return Number.isFinite(record.reward) ? undefined : 'no-reward'
}

function knownPropensity(record: ExperienceRecord): number {
  const propensity = record.propensity?.[record.action!.index]
  return propensity !== undefined && propensity > 0 && propensity <= 1 ? propensity : Number.NaN
}
