/** Decision problems that are drawn, and the simplest one: do what you see. */
import { RandomStreams, uniformInteger } from '../../../src/core/index.ts'
import type { DecisionProcess, Outcome } from './decision-process.ts'

/** Each action leads to four equally likely outcomes, some of which end the process; some actions are illegal. */
export function randomProcess(states: number, actions: number, seed: number): DecisionProcess {
  const random = new RandomStreams(seed).stream('process')
  const outcome = (): Outcome => ({
    share: 1 / 4,
    reward: uniformInteger(random, -8, 8) / 8,
    next: uniformInteger(random, 0, states - 1),
    ends: random() < 0.05,
  })
  const table = Array.from({ length: states * actions }, () => [outcome(), outcome(), outcome(), outcome()])
  const legal = Array.from({ length: states }, () => {
    const some = Array.from({ length: actions }, (_, action) => action).filter(() => random() < 0.8)
    return some.length > 0 ? some : [0]
  })
  return {
    states,
    actions,
    starts: Array.from({ length: states }, (_, state) => [state, 1 / states] as const),
    legal: (state) => legal[state]!,
    outcomes: (state, action) => table[state * actions + action]!,
  }
}

/** The identity environment of Stable-Baselines' tests: an action pays 1 if it is the number that is shown. */
export function identity(size: number): DecisionProcess {
  const all = Array.from({ length: size }, (_, number) => number)
  return {
    states: size,
    actions: size,
    starts: all.map((state) => [state, 1 / size]),
    legal: () => all,
    outcomes: (state, action) =>
      all.map((next) => ({ share: 1 / size, reward: action === state ? 1 : 0, next, ends: false })),
  }
}
