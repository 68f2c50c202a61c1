/** What a tabular model tells of its own training. */
import type { TabularData } from './tabular-data.ts'
import type { TrainedValues } from './tabular-training.ts'
import { type Transitions, usableRows } from './transitions.ts'

export function tabularFacts(
  { training, validation }: TabularData,
  trained: TrainedValues,
  gamma: number,
): Readonly<Record<string, number>> {
  const gapMs = meanGap(training.dtMs)
  return {
    states: training.states,
    classes: training.classes,
    // Share of the pairs among the validation split's candidates that the training data shows.
    coverage: coverageOf(validation, trained.visits),
    // Transitions that a discount above 0 cannot use: not ended, but nothing is known of what follows.
    withoutNext: withoutNext(training, gamma) + withoutNext(validation, gamma),
    // Mean time from one decision of a service to the next: the time that the discount counts in.
    ...(gapMs === null ? {} : { meanDecisionGapMs: gapMs }),
  }
}

function withoutNext(transitions: Transitions, gamma: number): number {
  return transitions.count - usableRows(transitions, gamma).length
}

function coverageOf({ count, classes: width, current }: Transitions, visits: Uint32Array): number {
  let shown = 0
  for (let i = 0; i < count; i++) {
    const base = current.state[i]! * (width + 1)
    for (let k = current.starts[i]!; k < current.starts[i + 1]!; k++) {
      if (visits[base + current.classes[k]!]! > 0) shown++
    }
  }
  return shown / current.classes.length
}

function meanGap(dtMs: Float64Array): number | null {
  let sum = 0
  let known = 0
  for (const gap of dtMs) {
    if (Number.isNaN(gap)) continue
    sum += gap
    known++
  }
  return known > 0 ? sum / known : null
}
