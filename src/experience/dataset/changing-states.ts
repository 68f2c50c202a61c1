/** Whether the state of any service ever changes: one that does not says nothing about anything. */
import type { Findings } from './findings.ts'

const FEWEST = 20

export class ChangingStates {
  /** The first state of each service, as JSON. */
  readonly #first = new Map<string, string>()
  #changes = false

  add(service: string, state: unknown): void {
    if (this.#changes) return
    const text = JSON.stringify(state)
    const first = this.#first.get(service)
    if (first === undefined) this.#first.set(service, text)
    else if (first !== text) this.#changes = true
  }

  report(records: number, findings: Findings): void {
    if (!this.#changes && records >= FEWEST) findings.overall('constant-state', `${records} times the same`)
  }
}
