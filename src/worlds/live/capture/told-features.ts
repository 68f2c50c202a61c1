/** What others say of instances, by service and instance, for as long as it is fresh. */
import { INSTANCE_FEATURES, INSTANCE_WIDTH, type InstanceFeature, quantize } from '../../../routing/index.ts'

interface ToldRow {
  /** Shape [INSTANCE_WIDTH]: values, and until when each is fresh. */
  readonly values: Float64Array
  readonly untilMs: Float64Array
}

export class ToldFeatures {
  /** By service and id of the instance. */
  readonly #rows = new Map<string, Map<string, ToldRow>>()
  /** Shape [INSTANCE_WIDTH]: 1 if it was ever said of an instance that somebody looked at. */
  readonly #used = new Uint8Array(INSTANCE_WIDTH)

  /** Features that have come to be seen of any instance. What is said of instances that never answered is of no use. */
  get used(): readonly InstanceFeature[] {
    return INSTANCE_FEATURES.filter((_, f) => this.#used[f] === 1)
  }

  /** @param untilMs from then on it is not known any more */
  tell(service: string, instance: string, feature: InstanceFeature, value: number, untilMs: number): void {
    const { values, untilMs: ends } = this.#rowOf(service, instance)
    const at = INSTANCE_FEATURES.indexOf(feature)
    values[at] = quantize(value)
    ends[at] = untilMs
  }

  /** Writes what is known of an instance over its row; the rest of the row stays as it is. */
  overwrite(service: string, instance: string, nowMs: number, rows: Float64Array, offset: number): void {
    const row = this.#rows.get(service)?.get(instance)
    if (row === undefined) return
    for (let f = 0; f < INSTANCE_WIDTH; f++) {
      const value = row.values[f]!
      if (nowMs >= row.untilMs[f]! || Number.isNaN(value)) continue
      rows[offset + f] = value
      this.#used[f] = 1
    }
  }

  #rowOf(service: string, instance: string): ToldRow {
    const instances = this.#rows.get(service) ?? new Map<string, ToldRow>()
    this.#rows.set(service, instances)
    const row = instances.get(instance) ?? {
      values: new Float64Array(INSTANCE_WIDTH).fill(Number.NaN),
      untilMs: new Float64Array(INSTANCE_WIDTH),
    }
    instances.set(instance, row)
    return row
  }
}
