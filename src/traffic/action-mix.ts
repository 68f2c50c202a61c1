/** Drawing the next action of a user from the mix of the behaviour and that of the phase. */
import { type Random, weightedIndex } from '../core/index.ts'
import { ACTIONS, type Action, type ActionMix, type Phase, type ShopperBehavior } from '../scenario/index.ts'

const weightsOfMix = new WeakMap<ActionMix, Float64Array>()

function weights(mix: ActionMix): Float64Array {
  let found = weightsOfMix.get(mix)
  if (found === undefined) {
    found = Float64Array.from(ACTIONS, (action) => mix[action] ?? 0)
    weightsOfMix.set(mix, found)
  }
  return found
}

/** A share that the phase leaves to chance is any action at all. Half of the others follow the phase's mix where it has one, the others the behaviour's. */
export function drawAction(behavior: ShopperBehavior, phase: Phase, random: Random): Action {
  const { actions: anything } = phase.variability
  if (anything > 0 && random() < anything) return ACTIONS[Math.floor(random() * ACTIONS.length)]!
  const fromPhase = random() < 0.5 && phase.actions !== undefined
  return ACTIONS[weightedIndex(random, weights(fromPhase ? phase.actions! : behavior.actions))]!
}
