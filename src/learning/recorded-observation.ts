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
   * `null` becomes NaN. An instance is eligible if its row is there, it is healthy or its health is not known,
   * and no breaker keeps it out.
   */
  of(service: string, nowMs: number, state: RecordedState): Observation {
    const count = state.instances.length
    if (this.#eligible.length < count) {
      this.#eligible = new Uint8Array(count)
      this.#instances = new Float64Array(count * INSTANCE_WIDTH)
    }
    for (let f = 0; f < CONTEXT_WIDTH; f++) this.#context[f] = state.context[f] ?? Number.NaN
    for (let i = 0; i < count; i++) this.#writeRow(i, state.instances[i] ?? null)
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
    if (row === null) {
      this.#instances.fill(Number.NaN, offset, offset + INSTANCE_WIDTH)
      this.#eligible[index] = 0
      return
    }
    for (let f = 0; f < INSTANCE_WIDTH; f++) this.#instances[offset + f] = row[f] ?? Number.NaN
    const healthy = row[HEALTHY] ?? 1
    this.#eligible[index] = healthy === 1 && row[BREAKER_OPEN] !== 1 ? 1 : 0
  }
}
