/** Logged trajectories written out step by step, and small decision processes to enumerate them from. */
import type { Random } from '../../../src/core/index.ts'
import { exponential } from '../../../src/core/index.ts'
import type { OffPolicyEstimator } from '../../../src/learning/estimators/estimator.ts'
import { horizonOf, type LoggedTrajectories } from '../../../src/learning/estimators/logged-trajectories.ts'

export interface LoggedStep {
  readonly reward: number
  readonly behaviour: number
  readonly target: number
  /** Of a model: Q of the logged action, V of the state, and the reward of this step alone. */
  readonly q?: number
  readonly v?: number
  readonly r?: number
}

export function loggedEpisodes(episodes: readonly (readonly LoggedStep[])[], gamma = 1): LoggedTrajectories {
  const steps = episodes.flat()
  const starts = new Int32Array(episodes.length + 1)
  for (const [i, episode] of episodes.entries()) starts[i + 1] = starts[i]! + episode.length
  const column = (of: (step: LoggedStep) => number) => Float64Array.from(steps, of)
  return {
    starts,
    reward: column(({ reward }) => reward),
    behaviour: column(({ behaviour }) => behaviour),
    target: column(({ target }) => target),
    gamma,
    values: {
      logged: column(({ q = 0 }) => q),
      state: column(({ v = 0 }) => v),
      reward: column(({ r = 0 }) => r),
    },
  }
}

/** A finite decision process, with the policies of logger and target: all by state, then action. */
export interface Process {
  /** Shape [states]: where it begins. */
  readonly first: readonly number[]
  /** Shape [states][actions][states]. */
  readonly moves: readonly (readonly (readonly number[])[])[]
  /** Shape [states][actions]. */
  readonly reward: readonly (readonly number[])[]
  readonly logger: readonly (readonly number[])[]
  /** What the log says of the logger, where that is not the truth. */
  readonly told?: readonly (readonly number[])[]
  readonly target: readonly (readonly number[])[]
  readonly horizon: number
  readonly gamma: number
}

/** Shape [actions] each: Q(s, a) with `left` steps left. */
export type Values = (left: number, state: number) => readonly number[]

/** Uniform on the simplex. */
function dirichlet(random: Random, size: number): number[] {
  const draws = Array.from({ length: size }, () => exponential(random, 1))
  const sum = draws.reduce((a, b) => a + b)
  return draws.map((draw) => draw / sum)
}

export function dirichletProcess(random: Random, states = 3, actions = 2, horizon = 3, gamma = 0.9): Process {
  const table = (size: number) => Array.from({ length: states }, () => dirichlet(random, size))
  return {
    first: dirichlet(random, states),
    moves: Array.from({ length: states }, () =>
      Array.from({ length: actions }, () => dirichlet(random, states)),
    ),
    reward: Array.from({ length: states }, () => Array.from({ length: actions }, () => 2 * random())),
    logger: table(actions),
    target: table(actions),
    horizon,
    gamma,
  }
}

/** Q of the target by dynamic programming. */
export function trueValues({ moves, reward, target, gamma }: Process): Values {
  const values: Values = (left, state) =>
    reward[state]!.map((r, action) => {
      if (left === 1) return r
      return r + gamma * moves[state]![action]!.reduce((sum, p, next) => sum + p * worth(left - 1, next), 0)
    })
  const worth = (left: number, state: number) => expected(target[state]!, values(left, state))
  return values
}

export function expected(probabilities: readonly number[], values: readonly number[]): number {
  return probabilities.reduce((sum, p, i) => sum + p * values[i]!, 0)
}

export function targetValue(process: Process): number {
  const values = trueValues(process)
  const { first, target, horizon } = process
  return first.reduce((sum, p, state) => sum + p * expected(target[state]!, values(horizon, state)), 0)
}

/** Every trajectory that the logger can make, with its probability; `values` are those of the model. */
export function* allEpisodes(
  process: Process,
  values: Values,
): Generator<{ readonly probability: number; readonly steps: readonly LoggedStep[] }> {
  const { first, moves, reward, logger, told = logger, target, horizon } = process
  function* from(
    state: number,
    probability: number,
    steps: readonly LoggedStep[],
  ): ReturnType<typeof allEpisodes> {
    const left = horizon - steps.length
    if (left === 0) {
      yield { probability, steps }
      return
    }
    for (const [action, behaviour] of logger[state]!.entries()) {
      if (behaviour === 0) continue
      const q = values(left, state)
      const step = {
        reward: reward[state]![action]!,
        behaviour: told[state]![action]!,
        target: target[state]![action]!,
        q: q[action]!,
        v: expected(target[state]!, q),
        r: expected(target[state]!, values(1, state)),
      }
      if (left === 1) yield { probability: probability * behaviour, steps: [...steps, step] }
      else {
        for (const [next, p] of moves[state]![action]!.entries()) {
          if (p > 0) yield* from(next, probability * behaviour * p, [...steps, step])
        }
      }
    }
  }
  for (const [state, p] of first.entries()) if (p > 0) yield* from(state, p, [])
}

export interface Enumerated {
  readonly trajectories: number
  /** Expectation and standard deviation of the estimate from one trajectory. */
  readonly mean: number
  readonly deviation: number
  /** The estimate from infinitely many trajectories: from the expected sums. */
  readonly limit: number
}

export function enumerate(estimator: OffPolicyEstimator, process: Process, values: Values): Enumerated {
  const { horizon, gamma } = process
  const limits = new Float64Array(estimator.sums(horizon))
  let trajectories = 0
  let mean = 0
  let squares = 0
  for (const { probability, steps } of allEpisodes(process, values)) {
    const one = loggedEpisodes([steps], gamma)
    const sums = new Float64Array(estimator.sums(horizon))
    estimator.add(one, 0, sums, 0, horizonOf(one))
    const estimate = estimator.value(sums, 0, horizon, gamma)
    for (const [k, sum] of sums.entries()) limits[k]! += probability * sum
    trajectories++
    mean += probability * estimate
    squares += probability * estimate ** 2
  }
  const limit = estimator.value(limits, 0, horizon, gamma)
  return { trajectories, mean, deviation: Math.sqrt(squares - mean ** 2), limit }
}
