/**
 * Which decision came after which: the trajectories of a log.
 *
 * A record says how long it was to the next decision of its service. The next one that was recorded is that one only if
 * it came just then; if it came later, the one between is missing (it never got an answer, say), and the trajectory is cut.
 */
import type { DecisionLog } from './decision-log.ts'

/** Times are written to a thousandth of a millisecond; sums of them differ by less than this. */
const TOLERANCE_MS = 0.0015

/**
 * @param rows row numbers of the log, in any order
 * @returns by place in `rows`: the place of the next decision of the same service and run, -1 where there is none
 */
export function followingRows(log: DecisionLog, rows: Uint32Array): Int32Array {
  const { run, service, timeMs, dtMs } = log
  const following = new Int32Array(rows.length).fill(-1)
  const places = Uint32Array.from(rows, (_, place) => place).sort((a, b) => {
    const [x, y] = [rows[a]!, rows[b]!]
    return run[x]! - run[y]! || service[x]! - service[y]! || timeMs[x]! - timeMs[y]! || x - y
  })
  for (let k = 1; k < places.length; k++) {
    const row = rows[places[k - 1]!]!
    const next = rows[places[k]!]!
    if (run[row] !== run[next] || service[row] !== service[next] || log.terminal[row] === 1) continue
    // NaN, where the record does not say what follows, is no number to be near.
    if (Math.abs(timeMs[next]! - timeMs[row]! - dtMs[row]!) < TOLERANCE_MS)
      following[places[k - 1]!] = places[k]!
  }
  return following
}
