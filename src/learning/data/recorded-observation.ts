/** A recorded state as the observation that a policy would have seen. */
import type { ColumnBatch, RecordedState } from '../../experience/index.ts'
import { CONTEXT_WIDTH, INSTANCE_WIDTH, instanceFeature, type Observation } from '../../routing/index.ts'

const HEALTHY = instanceFeature('healthy')
const BREAKER_OPEN = instanceFeature('breakerOpen')

/** Turns recorded states into observations; the result is overwritten by the next call. */
export class RecordedObservations {
  #instances = new Float64Array(8 * INSTANCE_WIDTH)
  #eligible = new Uint8Array(8)
  /** Whether anything is known of an instance, and with what probability it could be chosen. */
  #known = new Uint8Array(8)
  #chance = new Float64Array(8)
  readonly #context = new Float64Array(CONTEXT_WIDTH)

  /**
   * `null` becomes NaN. An instance is eligible if its row is there, it is healthy or its health is not known, and no
   * breaker keeps it out; or if it could be chosen all the same: exploration goes past a breaker, and a policy that
   * checks health by itself past a bad report. To leave out just those decisions would be to select by the action. If
   * nobody is left, all that are there are eligible: so the policy was, or it would have shed the request.
   *
   * @param propensity of the instances, where the one who decided told it
   */
  of(
    service: string,
    nowMs: number,
    state: RecordedState,
    propensity: readonly number[] | null = null,
  ): Observation {
    const count = state.instances.length
    this.#grow(count)
    for (let f = 0; f < CONTEXT_WIDTH; f++) this.#context[f] = state.context[f] ?? Number.NaN
    for (let i = 0; i < count; i++) {
      const row = state.instances[i] ?? null
      this.#writeRow(i, row)
      this.#known[i] = row === null ? 0 : 1
      this.#chance[i] = propensity?.[i] ?? 0
    }
    return this.#observation(service, nowMs, count)
  }

  /** The same of the state of a row of columns. @param told whether its propensities were told by who decided */
  ofState(service: string, nowMs: number, batch: ColumnBatch, row: number, told: boolean): Observation {
    const { context, instances, known, instanceStart, propensity, propensityStart: starts } = batch.columns
    const count = this.#copy(context, instances, known, instanceStart, row)
    for (let i = 0; i < count; i++) {
      const at = starts[row]! + i
      this.#chance[i] = told && at < starts[row + 1]! ? propensity[at]! : 0
    }
    return this.#observation(service, nowMs, count)
  }

  /** The same of the next state. */
  ofNext(service: string, nowMs: number, batch: ColumnBatch, row: number): Observation {
    const { nextContext, nextInstances, nextKnown, nextInstanceStart } = batch.columns
    const count = this.#copy(nextContext, nextInstances, nextKnown, nextInstanceStart, row)
    this.#chance.fill(0)
    return this.#observation(service, nowMs, count)
  }

  /** Copies a state of columns; returns the number of instances. */
  #copy(
    context: Float64Array,
    instances: Float64Array,
    known: Uint8Array,
    starts: Int32Array,
    row: number,
  ): number {
    const start = starts[row]!
    const count = starts[row + 1]! - start
    this.#grow(count)
    for (let f = 0; f < CONTEXT_WIDTH; f++) this.#context[f] = context[row * CONTEXT_WIDTH + f]!
    const from = start * INSTANCE_WIDTH
    for (let f = 0; f < count * INSTANCE_WIDTH; f++) this.#instances[f] = instances[from + f]!
    for (let i = 0; i < count; i++) this.#known[i] = known[start + i]!
    return count
  }

  #grow(count: number): void {
    if (this.#eligible.length >= count) return
    this.#eligible = new Uint8Array(count)
    this.#known = new Uint8Array(count)
    this.#chance = new Float64Array(count)
    this.#instances = new Float64Array(count * INSTANCE_WIDTH)
  }

  #observation(service: string, nowMs: number, count: number): Observation {
    let eligible = 0
    for (let i = 0; i < count; i++) {
      const may = this.#known[i] === 1 && (this.#isIn(i) || this.#chance[i]! > 0)
      this.#eligible[i] = may ? 1 : 0
      eligible += this.#eligible[i]!
    }
    if (eligible === 0) for (let i = 0; i < count; i++) this.#eligible[i] = this.#known[i]!
    return {
      service,
      nowMs,
      count,
      context: this.#context,
      instances: this.#instances,
      eligible: this.#eligible,
      affinity: '',
      truth: undefined,
    }
  }

  #isIn(index: number): boolean {
    const healthy = this.#instances[index * INSTANCE_WIDTH + HEALTHY]!
    return (
      (healthy === 1 || Number.isNaN(healthy)) && this.#instances[index * INSTANCE_WIDTH + BREAKER_OPEN] !== 1
    )
  }

  #writeRow(index: number, row: readonly (number | null)[] | null): void {
    const offset = index * INSTANCE_WIDTH
    for (let f = 0; f < INSTANCE_WIDTH; f++) this.#instances[offset + f] = row?.[f] ?? Number.NaN
  }
}
