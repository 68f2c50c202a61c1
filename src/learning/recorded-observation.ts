/** A recorded state as the observation that a policy would have seen. */
import type { RecordedState } from '../experience/index.ts'
import { CONTEXT_WIDTH, INSTANCE_WIDTH, instanceFeature, type Observation } from '../routing/index.ts'

const HEALTHY = instanceFeature('healthy')
const BREAKER_OPEN = instanceFeature('breakerOpen')

/** Turns recorded states into observations; the result is overwritten by the next call. */
export class RecordedObservations {
  #instances = new Float64Array(8 * INSTANCE_WIDTH)
  #eligible = new Uint8Array(8)
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
    if (this.#eligible.length < count) {
      this.#eligible = new Uint8Array(count)
      this.#instances = new Float64Array(count * INSTANCE_WIDTH)
    }
    for (let f = 0; f < CONTEXT_WIDTH; f++) this.#context[f] = state.context[f] ?? Number.NaN
    let eligible = 0
    for (let i = 0; i < count; i++) {
      const row = state.instances[i] ?? null
      this.#writeRow(i, row)
      const may = row !== null && (isIn(row) || (propensity?.[i] ?? 0) > 0)
      this.#eligible[i] = may ? 1 : 0
      eligible += this.#eligible[i]!
    }
    if (eligible === 0) for (let i = 0; i < count; i++) this.#eligible[i] = state.instances[i] ? 1 : 0
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

  #writeRow(index: number, row: readonly (number | null)[] | null): void {
    const offset = index * INSTANCE_WIDTH
    for (let f = 0; f < INSTANCE_WIDTH; f++) this.#instances[offset + f] = row?.[f] ?? Number.NaN
  }
}

function isIn(row: readonly (number | null)[]): boolean {
  return (row[HEALTHY] ?? 1) === 1 && row[BREAKER_OPEN] !== 1
}
