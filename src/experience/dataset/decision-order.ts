/**
 * Numbers and times of all decisions: whether one is there twice, and whether time goes backwards between them. Lines are
 * not in the order of decisions (each is written when its answer is in), so that is known only at the end; 20 bytes per
 * decision wait for it.
 */
import { GrowingNumbers } from '../columns/growing-numbers.ts'
import type { Findings } from './findings.ts'

export class DecisionOrder {
  readonly #decisions = new GrowingNumbers((length) => new Float64Array(length))
  readonly #times = new GrowingNumbers((length) => new Float64Array(length))
  readonly #lines = new GrowingNumbers((length) => new Int32Array(length))

  add(decision: number, timeMs: number, line: number): void {
    this.#decisions.push(decision)
    this.#times.push(timeMs)
    this.#lines.push(line)
  }

  report(findings: Findings): void {
    const [decisions, times, lines] = [this.#decisions.filled, this.#times.filled, this.#lines.filled]
    const order = Uint32Array.from(decisions, (_, i) => i).sort(
      (a, b) => decisions[a]! - decisions[b]! || a - b,
    )
    for (let i = 1; i < order.length; i++) {
      const [before, now] = [order[i - 1]!, order[i]!]
      if (decisions[now] === decisions[before]) {
        findings.atLine('duplicate', lines[now]!, `decision ${decisions[now]}: also in line ${lines[before]}`)
      } else if (times[now]! < times[before]!) {
        const detail = `t ${times[now]} of decision ${decisions[now]} is before t ${times[before]} of decision ${decisions[before]}`
        findings.atLine('time-backwards', lines[now]!, detail)
      }
    }
  }
}
