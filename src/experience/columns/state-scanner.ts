/** The lists of a record, from bytes into columns: states and probabilities. Hot path: see `bench/ingest.bench.ts`. */
import { literal } from '../json-bytes.ts'
import type { ColumnWriter } from './column-writer.ts'
import type { GrowingNumbers } from './growing-numbers.ts'
import { isNull, scanNumbers, scanned } from './scan-numbers.ts'
import { behind } from './scan-text.ts'

const REFUSED = -1
const INSTANCES = literal(',"instances":[')
const OPEN = 91
const CLOSE = 93
const COMMA = 44

export class StateScanner {
  readonly #writer: ColumnWriter
  /** Rows of the state that was read last. */
  count = 0

  constructor(writer: ColumnWriter) {
    this.#writer = writer
  }

  /** Reads a state from behind `"context":[`, with at most `most` rows; returns the position behind its instances. */
  state(bytes: Uint8Array, from: number, most: number, next: boolean): number {
    if (from < 0) return REFUSED
    const { columns, widths } = this.#writer
    const context = next ? columns.nextContext : columns.context
    context.reserve(widths.context)
    const at = scanNumbers(bytes, from, context.values, context.length, widths.context)
    if (at < 0 || scanned.count !== widths.context) return REFUSED
    context.length += widths.context
    return this.#rows(bytes, behind(bytes, at, INSTANCES), most, next)
  }

  /** What a record has for a next state that is not there. */
  noNext(): void {
    const { columns, widths } = this.#writer
    for (let f = 0; f < widths.context; f++) columns.nextContext.push(Number.NaN)
  }

  #rows(bytes: Uint8Array, from: number, most: number, next: boolean): number {
    if (from < 0) return REFUSED
    const { columns, widths } = this.#writer
    const known = next ? columns.nextKnown : columns.known
    const instances = next ? columns.nextInstances : columns.instances
    this.count = 0
    if (bytes[from] === CLOSE) return from + 1
    const width = widths.instance
    for (let at = from; this.count < most; ) {
      instances.reserve(width)
      if (isNull(bytes, at)) {
        instances.values.fill(Number.NaN, instances.length, instances.length + width)
        known.push(0)
        at += 4
      } else {
        if (bytes[at] !== OPEN) return REFUSED
        at = scanNumbers(bytes, at + 1, instances.values, instances.length, width)
        if (at < 0 || scanned.count !== width) return REFUSED
        known.push(1)
      }
      instances.length += width
      this.count++
      const byte = bytes[at++]
      if (byte === CLOSE) return at
      if (byte !== COMMA) return REFUSED
    }
    return REFUSED
  }

  /** Reads numbers from behind a `[`, `most` of them at most. */
  list(bytes: Uint8Array, from: number, values: GrowingNumbers<Float64Array>, most: number): number {
    if (from < 0) return REFUSED
    values.reserve(most)
    const at = scanNumbers(bytes, from, values.values, values.length, most)
    if (at >= 0) values.length += scanned.count
    return at
  }

  /** Says where the lists of the row end: it is kept. */
  keep(): void {
    const { columns } = this.#writer
    columns.instanceStart.push(columns.known.length)
    columns.nextInstanceStart.push(columns.nextKnown.length)
    columns.propensityStart.push(columns.propensity.length)
    columns.strategyPropensityStart.push(columns.strategyPropensity.length)
  }

  /** Forgets the lists of a row that was refused. */
  takeBack(): void {
    const { columns, widths, rows } = this.#writer
    columns.context.length = rows * widths.context
    columns.nextContext.length = rows * widths.context
    columns.known.length = lastOf(columns.instanceStart)
    columns.nextKnown.length = lastOf(columns.nextInstanceStart)
    columns.instances.length = columns.known.length * widths.instance
    columns.nextInstances.length = columns.nextKnown.length * widths.instance
    columns.propensity.length = lastOf(columns.propensityStart)
    columns.strategyPropensity.length = lastOf(columns.strategyPropensityStart)
  }
}

function lastOf(starts: GrowingNumbers<Int32Array>): number {
  return starts.values[starts.length - 1]!
}
