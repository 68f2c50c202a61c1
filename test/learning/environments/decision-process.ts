/** Small decision problems of which everything is known, and what follows from that by dynamic programming. */

export interface Outcome {
  readonly share: number
  readonly reward: number
  readonly next: number
  /** Whether the process ends there, so that nothing of `next` counts. */
  readonly ends: boolean
}

export interface DecisionProcess {
  readonly states: number
  readonly actions: number
  /** States in which it may begin, each as probable as the share says. */
  readonly starts: readonly (readonly [state: number, share: number])[]
  /** Actions that may be taken in a state; none in states that are never left. */
  legal(state: number): readonly number[]
  /** Their shares add up to 1. */
  outcomes(state: number, action: number): readonly Outcome[]
}

/** Probabilities of the legal actions of a state, in their order. */
export type Behaviour = (state: number) => readonly number[]

/** What decisions in a state are worth, if those that follow are worth `values`; in the order of the legal actions. */
export function backUp(
  process: DecisionProcess,
  values: Float64Array,
  gamma: number,
  state: number,
): readonly number[] {
  return process.legal(state).map((action) =>
    process.outcomes(state, action).reduce((sum, { share, reward, next, ends }) => {
      return sum + share * (reward + (ends ? 0 : gamma * values[next]!))
    }, 0),
  )
}

/** The same problem, asked once for each answer. */
function remembered(process: DecisionProcess): DecisionProcess {
  const legal = Array.from({ length: process.states }, (_, state) => process.legal(state))
  const outcomes = legal.map((actions, state) => {
    return new Map(actions.map((action) => [action, process.outcomes(state, action)]))
  })
  return {
    ...process,
    legal: (state) => legal[state]!,
    outcomes: (state, action) => outcomes[state]!.get(action)!,
  }
}

/** The values that `worth`, of the values of a state's actions, leads to; by sweeping until nothing changes. */
export function settledValues(
  asked: DecisionProcess,
  gamma: number,
  worth: (actionValues: readonly number[], state: number) => number,
): Float64Array {
  const process = remembered(asked)
  const values = new Float64Array(process.states)
  for (let sweep = 0; sweep < 100_000; sweep++) {
    let change = 0
    for (let state = 0; state < process.states; state++) {
      if (process.legal(state).length === 0) continue
      const value = worth(backUp(process, values, gamma, state), state)
      change = Math.max(change, Math.abs(value - values[state]!))
      values[state] = value
    }
    if (change < 1e-13) return values
  }
  throw new Error('values do not settle: the process may never end')
}

export function optimalValues(process: DecisionProcess, gamma: number): Float64Array {
  return settledValues(process, gamma, (values) => Math.max(...values))
}

/** Of the best among the policies that act at random with probability epsilon: what SARSA converges to. */
export function epsilonSoftValues(process: DecisionProcess, gamma: number, epsilon: number): Float64Array {
  return settledValues(process, gamma, (values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return (1 - epsilon) * Math.max(...values) + epsilon * mean
  })
}

export function valuesOf(process: DecisionProcess, gamma: number, behaviour: Behaviour): Float64Array {
  const probabilities = probabilitiesOf(process, behaviour)
  return settledValues(process, gamma, (values, state) => {
    return values.reduce((sum, value, i) => sum + value * probabilities[state]![i]!, 0)
  })
}

/** Of a policy, or of the best one, if the process is cut after so many steps; without a discount. */
export function valuesWithin(asked: DecisionProcess, steps: number, behaviour?: Behaviour): Float64Array {
  const process = remembered(asked)
  const probabilities = behaviour === undefined ? undefined : probabilitiesOf(process, behaviour)
  let values = new Float64Array(process.states)
  for (let step = 0; step < steps; step++) {
    const before = values
    values = Float64Array.from(before, (_, state) => {
      const actionValues = backUp(process, before, 1, state)
      if (actionValues.length === 0) return 0
      if (probabilities === undefined) return Math.max(...actionValues)
      return actionValues.reduce((sum, value, i) => sum + value * probabilities[state]![i]!, 0)
    })
  }
  return values
}

/** By state; none in states that are never left. */
function probabilitiesOf(process: DecisionProcess, behaviour: Behaviour): readonly (readonly number[])[] {
  return Array.from({ length: process.states }, (_, state) =>
    process.legal(state).length === 0 ? [] : behaviour(state),
  )
}

/** Mean over where the process begins. */
export function valueAtStart({ starts }: DecisionProcess, values: Float64Array): number {
  return starts.reduce((sum, [state, share]) => sum + share * values[state]!, 0)
}

/** Acts as `best` says, and at random with probability epsilon. */
export function epsilonGreedy(
  process: DecisionProcess,
  best: (state: number) => number,
  epsilon: number,
): Behaviour {
  return (state) => {
    const legal = process.legal(state)
    return legal.map((action) => (action === best(state) ? 1 - epsilon : 0) + epsilon / legal.length)
  }
}

export function uniform(process: DecisionProcess): Behaviour {
  return (state) => process.legal(state).map((_, __, { length }) => 1 / length)
}
