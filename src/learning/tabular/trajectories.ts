/** Rows strung together in the order of time, for learners that look further than one step ahead. */

/** Trajectory t is rows[starts[t]] up to rows[starts[t + 1]], the earliest decision first. */
export interface Trajectories {
  readonly rows: Uint32Array
  readonly starts: Uint32Array
}

/**
 * The given rows as trajectories, each as long as the log has no gap and all of it is among the rows. They come in the
 * order in which their first rows are given.
 *
 * @param following by row: the row of the next decision, -1 where there is none
 */
export function trajectoriesOf(following: Int32Array, rows: Uint32Array): Trajectories {
  const among = new Uint8Array(following.length)
  for (const row of rows) among[row] = 1
  const continues = new Uint8Array(following.length)
  for (const row of rows) if (following[row]! >= 0) continues[following[row]!] = 1
  const strung = new Uint32Array(rows.length)
  const starts: number[] = []
  let at = 0
  for (const first of rows) {
    if (continues[first] === 1) continue
    starts.push(at)
    for (let row = first; row >= 0 && among[row] === 1; row = following[row]!) strung[at++] = row
  }
  starts.push(at)
  return { rows: strung, starts: Uint32Array.from(starts) }
}
