/** Random decisions for tests of networks: ragged candidates or fixed actions, with terminal ones and unknown next states. */
import { type Random, RandomStreams, uniformInteger } from '../../../src/core/index.ts'
import type { DecisionRows, Decisions } from '../../../src/learning/networks/decisions.ts'
import type { Numbers } from '../../../src/learning/networks/kernel/kernel.ts'
import { NETWORK_HYPER_PARAMETERS } from '../../../src/learning/networks/network-hyper-parameters.ts'

/** The defaults of all learners of networks. */
export const SETTINGS: Readonly<Record<string, number>> = Object.fromEntries(
  NETWORK_HYPER_PARAMETERS.map(({ name, default: value }) => [name, value!]),
)

/** @param actionsPerRow 1: from 1 to 5 candidates per decision */
export function madeUpDecisions(count: number, inputs: number, actionsPerRow = 1, seed = 1): Decisions {
  const random = new RandomStreams(seed).stream('decisions')
  const current = randomRows(count, inputs, actionsPerRow, 1, random)
  const next = randomRows(count, inputs, actionsPerRow, 0, random)
  const chosen = Int32Array.from({ length: count }, (_, i) =>
    Math.floor(random() * current.count(i) * actionsPerRow),
  )
  return {
    count,
    inputs,
    actionsPerRow,
    barred: [],
    mostRows: actionsPerRow === 1 ? 5 : 1,
    current,
    next,
    chosen,
    reward: Float64Array.from({ length: count }, () => 2 * random() - 1),
    rewardScale: 1,
    terminal: Uint8Array.from({ length: count }, (_, i) => (i % 7 === 0 ? 1 : 0)),
    propensity: Float64Array.from({ length: count }, (_, i) => 1 / (current.count(i) * actionsPerRow)),
  }
}

function randomRows(
  count: number,
  inputs: number,
  actionsPerRow: number,
  least: number,
  random: Random,
): DecisionRows {
  const rows = Array.from({ length: count }, () => {
    const length = uniformInteger(random, least, actionsPerRow === 1 ? 5 : 1)
    return Float64Array.from({ length: length * inputs }, () => 2 * random() - 1)
  })
  return {
    count: (i) => rows[i]!.length / inputs,
    write: (i: number, numbers: Numbers, at: number) => numbers.set(rows[i]!, at),
  }
}

export function everyOne(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i)
}
