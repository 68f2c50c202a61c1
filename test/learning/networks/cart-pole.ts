/** CartPole-v1 (Barto, Sutton & Anderson 1983, with the constants of Gymnasium): physics, logs of it, and greedy returns. */
import { type Random, RandomStreams, uniform } from '../../../src/core/index.ts'
import type { Decisions } from '../../../src/learning/networks/decisions.ts'
import type { Numbers } from '../../../src/learning/networks/kernel/kernel.ts'

const GRAVITY = 9.8
const POLE_MASS = 0.1
const TOTAL_MASS = 1.1
const HALF_LENGTH = 0.5
const FORCE = 10
const STEP_S = 0.02
const MOST_X = 2.4
const MOST_ANGLE = (12 * 2 * Math.PI) / 360
const LIMIT = 500
export const WIDTH = 4

/** Cart position and speed, pole angle and speed. */
export type CartPoleState = [number, number, number, number]

/** Euler with the old velocities. */
export function pushed([x, dx, angle, dAngle]: CartPoleState, right: boolean): CartPoleState {
  const force = right ? FORCE : -FORCE
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  const inertia = POLE_MASS * HALF_LENGTH
  const rest = (force + inertia * dAngle ** 2 * sin) / TOTAL_MASS
  const turn = (GRAVITY * sin - cos * rest) / (HALF_LENGTH * (4 / 3 - (POLE_MASS * cos ** 2) / TOTAL_MASS))
  const drive = rest - (inertia * turn * cos) / TOTAL_MASS
  return [x + STEP_S * dx, dx + STEP_S * drive, angle + STEP_S * dAngle, dAngle + STEP_S * turn]
}

export function fallen([x, , angle]: CartPoleState): boolean {
  return Math.abs(x) > MOST_X || Math.abs(angle) > MOST_ANGLE
}

function started(random: Random): CartPoleState {
  return [0, 0, 0, 0].map(() => uniform(random, -0.05, 0.05)) as CartPoleState
}

/** Pushes where the pole falls to: keeps it up for hundreds of steps. */
export function scripted([, , angle, dAngle]: CartPoleState): boolean {
  return angle + dAngle > 0
}

export interface CartPoleLog {
  readonly decisions: Decisions
  readonly meanReturn: number
}

/** `count` steps of a player who goes by the script with a probability of `share`, and else by chance. */
export function cartPoleLog(count: number, share: number, seed: number): CartPoleLog {
  const random = new RandomStreams(seed).stream('log')
  const rows = new Float64Array(count * WIDTH)
  const nexts = new Float64Array(count * WIDTH)
  const chosen = new Int32Array(count)
  const terminal = new Uint8Array(count)
  let state = started(random)
  let episodes = 0
  for (let i = 0, steps = 0; i < count; i++) {
    const right = random() < share ? scripted(state) : random() < 0.5
    rows.set(state, i * WIDTH)
    chosen[i] = right ? 1 : 0
    state = pushed(state, right)
    nexts.set(state, i * WIDTH)
    terminal[i] = fallen(state) ? 1 : 0
    if (terminal[i] === 1 || ++steps === LIMIT) {
      state = started(random)
      steps = 0
      episodes++
    }
  }
  const decisions: Decisions = {
    count,
    inputs: WIDTH,
    actionsPerRow: 2,
    barred: [],
    mostRows: 1,
    current: rowsOf(rows),
    next: rowsOf(nexts),
    chosen,
    reward: new Float64Array(count).fill(1),
    rewardScale: 1,
    terminal,
    propensity: new Float64Array(count).fill(Number.NaN),
  }
  return { decisions, meanReturn: count / Math.max(1, episodes) }
}

function rowsOf(values: Float64Array): Decisions['current'] {
  return {
    count: () => 1,
    write: (i: number, numbers: Numbers, at: number) => {
      for (let f = 0; f < WIDTH; f++) numbers[at + f] = values[i * WIDTH + f]!
    },
  }
}

/** Mean return of several episodes side by side. @param choose whether to push right, for each of the states */
export function meanReturn(
  choose: (states: readonly CartPoleState[]) => readonly boolean[],
  episodes: number,
  seed: number,
): number {
  const random = new RandomStreams(seed).stream('play')
  let states = Array.from({ length: episodes }, () => started(random))
  let total = 0
  for (let step = 0; step < LIMIT && states.length > 0; step++) {
    const right = choose(states)
    total += states.length
    states = states.map((state, i) => pushed(state, right[i]!)).filter((state) => !fallen(state))
  }
  return total / episodes
}
