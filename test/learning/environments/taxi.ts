/** Taxi-v3 of Gymnasium (Dietterich, JAIR 13, 2000): fetch a passenger at one of four places, bring them to another. */
import type { DecisionProcess, Outcome } from './decision-process.ts'

const MAP = ['|R: | : :G|', '| : | : : |', '| : : : : |', '| | : | : |', '|Y| : |B: |']
const PLACES = [
  [0, 0],
  [0, 4],
  [4, 0],
  [4, 3],
] as const
const IN_TAXI = 4

/** South, north, east, west, pick up, drop. */
const ACTIONS = [0, 1, 2, 3, 4, 5]

export function taxi(): DecisionProcess {
  const all = Array.from({ length: 500 }, (_, state) => state)
  const starts = all.filter((state) => {
    const { passenger, target } = read(state)
    return passenger !== IN_TAXI && passenger !== target
  })
  return {
    states: 500,
    actions: ACTIONS.length,
    starts: starts.map((state) => [state, 1 / starts.length]),
    // With the passenger where they wanted to be the ride is over.
    legal: (state) => (read(state).passenger === read(state).target ? [] : ACTIONS),
    outcomes: (state, action) => [{ share: 1, ...drive(state, action) }],
  }
}

interface Ride {
  readonly row: number
  readonly column: number
  /** Index of a place, or IN_TAXI. */
  readonly passenger: number
  readonly target: number
}

function read(state: number): Ride {
  return {
    row: Math.floor(state / 100),
    column: Math.floor(state / 20) % 5,
    passenger: Math.floor(state / 4) % 5,
    target: state % 4,
  }
}

function write({ row, column, passenger, target }: Ride): number {
  return ((row * 5 + column) * 5 + passenger) * 4 + target
}

function drive(state: number, action: number): Omit<Outcome, 'share'> {
  const ride = read(state)
  const { row, column, passenger, target } = ride
  const go = (change: Partial<Ride>, reward = -1, ends = false) => {
    return { next: write({ ...ride, ...change }), reward, ends }
  }
  const place = PLACES.findIndex(([r, c]) => r === row && c === column)
  switch (action) {
    case 0:
      return go({ row: Math.min(4, row + 1) })
    case 1:
      return go({ row: Math.max(0, row - 1) })
    case 2:
      return go(MAP[row]![2 * column + 2] === ':' ? { column: column + 1 } : {})
    case 3:
      return go(MAP[row]![2 * column] === ':' ? { column: column - 1 } : {})
    case 4:
      return place >= 0 && place === passenger ? go({ passenger: IN_TAXI }) : go({}, -10)
    default:
      if (passenger !== IN_TAXI || place < 0) return go({}, -10)
      return place === target ? go({ passenger: place }, 20, true) : go({ passenger: place })
  }
}
