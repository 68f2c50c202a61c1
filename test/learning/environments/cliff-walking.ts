/** CliffWalking (Sutton & Barto, 2e, example 6.6): 4 x 12 fields, a cliff between start and goal that costs 100. */
import type { DecisionProcess } from './decision-process.ts'

const WIDTH = 12
const START = 36
const GOAL = 47

/** Up, right, down, left. */
export function cliffWalking(): DecisionProcess {
  const isCliff = (state: number) => state > START && state < GOAL
  return {
    states: 48,
    actions: 4,
    starts: [[START, 1]],
    legal: (state) => (state === GOAL || isCliff(state) ? [] : [0, 1, 2, 3]),
    outcomes: (state, action) => {
      const row = Math.floor(state / WIDTH) + [-1, 0, 1, 0][action]!
      const column = (state % WIDTH) + [0, 1, 0, -1][action]!
      const next = Math.min(3, Math.max(0, row)) * WIDTH + Math.min(WIDTH - 1, Math.max(0, column))
      if (isCliff(next)) return [{ share: 1, reward: -100, next: START, ends: false }]
      return [{ share: 1, reward: -1, next, ends: next === GOAL }]
    },
  }
}
