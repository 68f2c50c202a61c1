/** One measured number, as every benchmark of this folder gives it. */
export interface BenchRow {
  readonly name: string
  readonly value: number
  /** Of the value and of the baseline: `records/s`, `ns/decision`. */
  readonly unit: string
  /** What does the least that a program of the kind must do, measured in turns with it. */
  readonly baseline?: { readonly name: string; readonly value: number }
  /** Value / baseline. */
  readonly ratio?: number
}
