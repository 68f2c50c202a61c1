/** The 19-state random walk (Sutton & Barto, 2e, example 7.1): from the middle left or right, -1 and 1 at the ends. */
import type { DecisionProcess, Outcome } from './decision-process.ts'

export const WALK_STATES = 19

/** Walks by itself: there is one action. */
export function randomWalk(): DecisionProcess {
  const step = (next: number): Outcome => {
    if (next < 0) return { share: 0.5, reward: -1, next: 0, ends: true }
    if (next === WALK_STATES) return { share: 0.5, reward: 1, next: 0, ends: true }
    return { share: 0.5, reward: 0, next, ends: false }
  }
  return {
    states: WALK_STATES,
    actions: 1,
    starts: [[(WALK_STATES - 1) / 2, 1]],
    legal: () => [0],
    outcomes: (state) => [step(state - 1), step(state + 1)],
  }
}
