/** How old the reports are that decisions go by: the time since what an instance reports last changed. */
import type { ColumnBatch } from '../columns/column-batch.ts'

/** What only the instance itself can tell. */
const REPORTED = ['queueDepth', 'cpu', 'memory']

interface Report {
  values: number[]
  changedMs: number
}

export class ReportAges {
  readonly #places: readonly number[]
  readonly #reports: Report[][] = []

  constructor(instanceFeatures: readonly string[]) {
    this.#places = REPORTED.map((name) => instanceFeatures.indexOf(name)).filter((place) => place >= 0)
  }

  /** Mean over the instances of a decision; NaN where none has reported twice. */
  ageMs({ columns, widths }: ColumnBatch, row: number): number {
    const reports = (this.#reports[columns.service[row]!] ??= [])
    const timeMs = columns.timeMs[row]!
    let [sum, count] = [0, 0]
    const start = columns.instanceStart[row]!
    for (let i = start; i < columns.instanceStart[row + 1]!; i++) {
      const values = this.#places.map((place) => columns.instances[i * widths.instance + place]!)
      if (values.every(Number.isNaN)) continue
      const report = reports[i - start]
      if (report === undefined) reports[i - start] = { values, changedMs: timeMs }
      else {
        if (values.some((value, f) => value !== report.values[f])) {
          report.values = values
          report.changedMs = timeMs
        }
        sum += Math.max(0, timeMs - report.changedMs)
        count++
      }
    }
    return count === 0 ? Number.NaN : sum / count
  }
}
