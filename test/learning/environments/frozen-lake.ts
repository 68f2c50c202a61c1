/** FrozenLake of Gymnasium: over the ice from S to G, which pays 1; a hole H ends the walk. */
import type { DecisionProcess, Outcome } from './decision-process.ts'

const SMALL = ['SFFF', 'FHFH', 'FFFH', 'HFFG']
const LARGE = ['SFFFFFFF', 'FFFFFFFF', 'FFFHFFFF', 'FFFFFHFF', 'FFFHFFFF', 'FHHFFFHF', 'FHFFHFHF', 'FFFHFFFG']
/** Left, down, right, up. */
const STEPS = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const

/** @param slippery whether one goes as one wants in a third of the steps only, and to either side else */
export function frozenLake(size: '4x4' | '8x8', slippery = true): DecisionProcess {
  const map = size === '4x4' ? SMALL : LARGE
  const width = map.length
  const at = (state: number) => map[Math.floor(state / width)]![state % width]!
  const move = (state: number, direction: number, share: number): Outcome => {
    const [down, right] = STEPS[direction]!
    const inside = (place: number) => Math.min(width - 1, Math.max(0, place))
    const next = inside(Math.floor(state / width) + down) * width + inside((state % width) + right)
    return { share, reward: at(next) === 'G' ? 1 : 0, next, ends: at(next) === 'G' || at(next) === 'H' }
  }
  return {
    states: width * width,
    actions: 4,
    starts: [[0, 1]],
    legal: (state) => (at(state) === 'G' || at(state) === 'H' ? [] : [0, 1, 2, 3]),
    outcomes: (state, action) =>
      slippery ? [3, 0, 1].map((turn) => move(state, (action + turn) % 4, 1 / 3)) : [move(state, action, 1)],
  }
}
