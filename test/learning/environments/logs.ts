/** Logs of decision problems: all that can happen, in exact proportion, or what did in a sample. */
import { type Random, weightedIndex } from '../../../src/core/index.ts'
import type { Transitions } from '../../../src/learning/tabular/transitions.ts'
import { type Step, transitionsOf } from '../hand-made-transitions.ts'
import type { Behaviour, DecisionProcess, Outcome } from './decision-process.ts'

function stepOf(process: DecisionProcess, state: number, chosen: number, outcome: Outcome): Step {
  const { reward, next, ends } = outcome
  const step = { state, candidates: process.legal(state), chosen, reward }
  return ends
    ? { ...step, terminal: true }
    : { ...step, next: { state: next, candidates: process.legal(next) } }
}

/**
 * Every legal action of every state with each of its outcomes, as often as makes the shares exact.
 *
 * @param denominator what all shares are multiples of one over
 */
export function enumeratedLog(process: DecisionProcess, denominator: number): Transitions {
  const steps: Step[] = []
  for (let state = 0; state < process.states; state++) {
    for (const [chosen, action] of process.legal(state).entries()) {
      for (const outcome of process.outcomes(state, action)) {
        const times = outcome.share * denominator
        if (Math.abs(times - Math.round(times)) > 1e-9)
          throw new Error(`${times} is not whole: another denominator`)
        for (let k = 0; k < Math.round(times); k++) steps.push(stepOf(process, state, chosen, outcome))
      }
    }
  }
  return transitionsOf(process.states, process.actions, steps)
}

/**
 * Episodes of a behaviour, one after the other in the order of time, with its propensities.
 *
 * @param steps decisions in all; the last episode is cut there
 * @param longest episodes are cut after so many decisions
 */
export function sampledLog(
  process: DecisionProcess,
  behaviour: Behaviour,
  steps: number,
  random: Random,
  longest = Number.POSITIVE_INFINITY,
): Transitions {
  const log: Step[] = []
  while (log.length < steps) {
    const room = Math.min(longest, steps - log.length)
    log.push(...episode(process, behaviour, random, room, log.length))
  }
  return transitionsOf(process.states, process.actions, log)
}

/** @param row of its first step */
export function episode(
  process: DecisionProcess,
  behaviour: Behaviour,
  random: Random,
  longest: number,
  row: number,
): Step[] {
  const steps: Step[] = []
  const shares = process.starts.map(([, share]) => share)
  let state = process.starts[weightedIndex(random, shares)]![0]
  for (;;) {
    const probabilities = behaviour(state)
    const chosen = weightedIndex(random, probabilities)
    const outcomes = process.outcomes(state, process.legal(state)[chosen]!)
    const outcome =
      outcomes[
        weightedIndex(
          random,
          outcomes.map(({ share }) => share),
        )
      ]!
    const step = { ...stepOf(process, state, chosen, outcome), propensity: probabilities[chosen]! }
    if (outcome.ends || steps.length + 1 >= longest) return [...steps, step]
    steps.push({ ...step, following: row + steps.length + 1 })
    state = outcome.next
  }
}
