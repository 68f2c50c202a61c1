/**
 * What off-policy estimators read: trajectories that a logger made, and how probable each of its actions would have
 * been for another policy, the target. Flat arrays, one entry per decision.
 */
import { DataError } from '../../core/index.ts'

export interface LoggedTrajectories {
  /** Shape [trajectories + 1]: the decisions of trajectory i stand from starts[i] up to starts[i + 1], in their order. */
  readonly starts: Int32Array
  /** Shape [decisions]. */
  readonly reward: Float64Array
  /** Shape [decisions]: p(a|s), with which the logger chose as it did; NaN where nobody knows. */
  readonly behaviour: Float64Array
  /** Shape [decisions]: pi(a|s), with which the target would have chosen what the logger chose. */
  readonly target: Float64Array
  /** Discount per decision; 1 in trajectories of a fixed length is allowed. */
  readonly gamma: number
  /** What a model says of the target, for the estimators that ask one. */
  readonly values?: ModelValues
  readonly support?: Support
}

/** Values that a model gives to the logged decisions. Cross-fitted: no value from data that it is used on. */
export interface ModelValues {
  /** Shape [decisions]: Q(s, a) of what the logger chose: discounted rewards from here to the end of the trajectory. */
  readonly logged: Float64Array
  /** Shape [decisions]: V(s) = sum_b pi(b|s) Q(s, b). */
  readonly state: Float64Array
  /** Shape [decisions]: sum_b pi(b|s) r(s, b), the reward of this decision alone. */
  readonly reward: Float64Array
}

/** How far the logger did what the target would do: shares of the target's own choice, by decision. */
export interface Support {
  /** Shape [decisions]: sum of pi(b|s) over the actions that the logger never takes, p(b|s) = 0. */
  readonly never: Float64Array
  /** Shape [decisions]: the same over p(b|s) < 0.01, those included that it never takes. */
  readonly rarely: Float64Array
}

/** Below this a logged probability counts as rare. */
export const RARE = 0.01

export function trajectoryCount({ starts }: LoggedTrajectories): number {
  return starts.length - 1
}

/** Decisions of the longest trajectory. */
export function horizonOf({ starts }: LoggedTrajectories): number {
  let longest = 0
  for (let i = 1; i < starts.length; i++) longest = Math.max(longest, starts[i]! - starts[i - 1]!)
  return longest
}

/** How much likelier the target makes what the logger did at one decision: pi(a|s) / p(a|s). */
export function ratioAt({ target, behaviour }: LoggedTrajectories, decision: number): number {
  return target[decision]! / behaviour[decision]!
}

/** Product of the ratios of trajectory `i`. */
export function weightOf(trajectories: LoggedTrajectories, i: number): number {
  const { starts } = trajectories
  let weight = 1
  for (let d = starts[i]!; d < starts[i + 1]!; d++) weight *= ratioAt(trajectories, d)
  return weight
}

/** sum_t gamma^t r_t of trajectory `i`. */
export function returnOf({ starts, reward, gamma }: LoggedTrajectories, i: number): number {
  let sum = 0
  for (let d = starts[i + 1]! - 1; d >= starts[i]!; d--) sum = reward[d]! + gamma * sum
  return sum
}

/**
 * Checks what no estimator could make sense of. A propensity that is not known is no fault: it is a reason to refuse.
 *
 * @throws DataError if there is no trajectory, one is empty, lengths differ, or a number is not one
 */
export function requireSound(trajectories: LoggedTrajectories): void {
  const { starts, reward, behaviour, target, values, gamma } = trajectories
  if (starts.length < 2) throw new DataError('no trajectory to judge by: record a longer run')
  if (!(gamma >= 0 && gamma <= 1)) throw new DataError(`gamma: expected a number from 0 to 1, got ${gamma}`)
  for (let i = 1; i < starts.length; i++) {
    if (starts[i]! <= starts[i - 1]!)
      throw new DataError(`trajectory ${i - 1}: has no decision: leave it out`)
  }
  const count = starts.at(-1)!
  const columns = { reward, behaviour, target, ...values }
  for (const [name, column] of Object.entries(columns)) {
    if (column.length === count) continue
    throw new DataError(`${name}: expected a number for each of ${count} decisions, got ${column.length}`)
  }
  for (let d = 0; d < count; d++) {
    requireNumber('reward', reward[d]!, d, Number.isFinite(reward[d]!))
    requireNumber('target', target[d]!, d, target[d]! >= 0 && target[d]! <= 1 + 1e-9)
    const p = behaviour[d]!
    requireNumber('behaviour', p, d, Number.isNaN(p) || (p > 0 && p <= 1 + 1e-9))
  }
}

function requireNumber(name: string, value: number, decision: number, sound: boolean): void {
  if (sound) return
  const wanted = name === 'reward' ? 'a finite number' : 'a probability (of what was chosen, so above 0)'
  throw new DataError(
    `${name} of decision ${decision}: expected ${wanted}, got ${value}: leave the decision out`,
  )
}
