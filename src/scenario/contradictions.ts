/**
 * Which faults cannot befall one instance together: two of one kind at one time, and those that take more requests
 * away from it than there are. The rules for scenarios and the draws of chaos ask the same question.
 */
import type { Fault } from './scenario.ts'
import type { FaultDeclaration } from './vocabulary.ts'

/** Shares that add up to a little more than 1 by rounding alone do not contradict each other. */
const TOLERANCE = 1e-9

export interface Contradiction<Other> {
  /** Those that the fault contradicts when they are all at work. */
  readonly others: readonly Other[]
  /** Share of the requests that they and the fault take together; undefined where the kind is the same. */
  readonly taken?: number
}

/** @param others faults of one instance that the fault is to befall too */
export function contradictionsOf<Other extends Fault>(
  fault: Fault,
  others: readonly Other[],
  kinds: readonly FaultDeclaration[],
): Contradiction<Other>[] {
  const met = others.filter((other) => meet(fault, other))
  const alike = met.filter(({ kind }) => kind === fault.kind).map((other) => ({ others: [other] }))
  const taken = takenBy(fault, kinds)
  if (taken === 0) return alike
  const takers = met.filter((other) => other.kind !== fault.kind && takenBy(other, kinds) > 0)
  return [...alike, ...overdrawn(fault, takers, (one) => takenBy(one, kinds))]
}

function meet(a: Fault, b: Fault): boolean {
  return a.startMs < b.startMs + b.durationMs && b.startMs < a.startMs + a.durationMs
}

/** The sum can only grow where one begins. Of stretches with the same takers, and more, the fullest tells all. */
function overdrawn<Other extends Fault>(
  fault: Fault,
  takers: readonly Other[],
  takenOf: (fault: Fault) => number,
): Contradiction<Other>[] {
  const stretches = new Set([fault, ...takers].map(({ startMs }) => Math.max(startMs, fault.startMs)))
  const found: Contradiction<Other>[] = []
  for (const atMs of stretches) {
    const others = takers.filter(({ startMs, durationMs }) => startMs <= atMs && atMs < startMs + durationMs)
    const taken = others.reduce((sum, other) => sum + takenOf(other), takenOf(fault))
    if (taken > 1 + TOLERANCE) found.push({ others, taken })
  }
  return found.filter(
    ({ others }, i) =>
      !found.some((wider, j) => {
        const holdsAll = others.every((other) => wider.others.includes(other))
        return holdsAll && (wider.others.length > others.length || j < i)
      }),
  )
}

function takenBy({ kind, parameters }: Fault, kinds: readonly FaultDeclaration[]): number {
  return kinds.find(({ name }) => name === kind)?.taken?.(parameters) ?? 0
}
