/** What was wrong with the lines of a data file: counted by kind, and the first few in words. */

/** Why a line was left out. */
export type LineFault =
  /** The last line has no newline and is not whole JSON: its writer was cut off. */
  | 'torn'
  /** Not JSON. */
  | 'garbage'
  /** JSON, but not an experience record: no `v`. */
  | 'foreign'
  /** A record of another version. */
  | 'version'
  /** Fields are missing or do not fit `dataset.json`. */
  | 'shape'
  /** Written by another run than `dataset.json` says. */
  | 'run'

const MESSAGES_KEPT = 10

export class LineProblems {
  readonly counts = new Map<LineFault, number>()
  /** The first ten, as `file:line: fault: detail`. */
  readonly messages: string[] = []

  /** Lines left out. */
  get total(): number {
    let total = 0
    for (const count of this.counts.values()) total += count
    return total
  }

  add(fault: LineFault, file: string, line: number, detail: string): void {
    this.counts.set(fault, (this.counts.get(fault) ?? 0) + 1)
    if (this.messages.length < MESSAGES_KEPT) this.messages.push(`${file}:${line}: ${fault}: ${detail}`)
  }

  clear(): void {
    this.counts.clear()
    this.messages.length = 0
  }

  /** All of it as plain JSON. */
  save(): {
    readonly counts: readonly (readonly [LineFault, number])[]
    readonly messages: readonly string[]
  } {
    return { counts: [...this.counts], messages: this.messages }
  }

  restore({ counts, messages }: ReturnType<LineProblems['save']>): void {
    this.clear()
    for (const [fault, count] of counts) this.counts.set(fault, count)
    this.messages.push(...messages)
  }
}
