/**
 * From recorded decisions to trajectories: chains of decisions that follow one another, cut into pieces of at most
 * `horizon` decisions, because routing never ends and products of ratios do not bear long ones.
 *
 * - By session: all decisions that were made for one user, whatever the service, in the order of time. A session's end
 *   is an end. What a decision does to other users is not in its chain.
 * - By time: all decisions of one service in a stretch of 5 s. The end of a stretch is a cut, so pieces that are too
 *   short are left out; a decision's chain is what its service does next, so it holds what others wait for.
 *
 * Chains are the clusters of the bootstrap too: what happens in one hangs together.
 */
import { DataError } from '../../core/index.ts'
import type { RecordedDecisions } from './recorded-decisions.ts'

export type ChainKind = 'session' | 'time'

/** Ours: longer than requests mostly wait, so that what one stretch leaves to the next counts little. */
const STRETCH_MS = 5_000

/** `next` of a decision after which nothing comes, and of one of which it is not known what comes. */
export const ENDED = -1
export const CUT = -2

export interface CutTrajectories {
  /** Shape [trajectories + 1]: where each begins in `rows`. */
  readonly starts: Int32Array
  /** Rows of the decisions, trajectory by trajectory. */
  readonly rows: Uint32Array
  /** Shape [trajectories]: number of the chain. */
  readonly clusters: Int32Array
  readonly chains: number
  /** Shape [recorded decisions]: row of the next one in its chain, or ENDED, or CUT. */
  readonly next: Int32Array
  /** Shape [recorded decisions]: number of the chain. */
  readonly chain: Int32Array
}

/**
 * @param sessionOf name of the session of a decision's trace, unique over all runs; needed for chains by session, and
 *   undefined for a trace that no session has: that one is a chain by itself
 * @throws DataError if no chain is as long as the horizon
 */
export function cutTrajectories(
  decisions: RecordedDecisions,
  kind: ChainKind,
  horizon: number,
  sessionOf: (row: number) => string | undefined = () => undefined,
): CutTrajectories {
  const chain = numbered(decisions, (row) =>
    kind === 'session' ? sessionKey(decisions, row, sessionOf) : stretchKey(decisions, row),
  )
  const order = inOrder(decisions, chain)
  const end = kind === 'session' ? ENDED : CUT
  const next = new Int32Array(decisions.length).fill(end)
  for (let k = 1; k < order.length; k++) {
    if (chain[order[k]!] === chain[order[k - 1]!]) next[order[k - 1]!] = order[k]!
  }
  const starts = [0]
  const rows: number[] = []
  const clusters: number[] = []
  for (let k = 0; k < order.length; ) {
    const own = chain[order[k]!]!
    let length = 1
    while (length < horizon && k + length < order.length && chain[order[k + length]!] === own) length++
    if (kind === 'session' || length === horizon) {
      for (let t = 0; t < length; t++) rows.push(order[k + t]!)
      starts.push(rows.length)
      clusters.push(own)
    }
    k += length
  }
  if (clusters.length === 0) {
    throw new DataError(
      `no service has ${horizon} decisions within ${STRETCH_MS / 1000} s: choose a shorter --horizon, or record under more load`,
    )
  }
  return { ...dense(clusters), starts: Int32Array.from(starts), rows: Uint32Array.from(rows), next, chain }
}

function sessionKey(
  { log, traces }: RecordedDecisions,
  row: number,
  sessionOf: (row: number) => string | undefined,
): string {
  return sessionOf(row) ?? `${log.run[row]}/trace ${traces[row]}`
}

function stretchKey({ log }: RecordedDecisions, row: number): string {
  return `${log.run[row]}/${log.service[row]}/${Math.floor(log.timeMs[row]! / STRETCH_MS)}`
}

/** Numbers the keys in the order in which they come up. */
function numbered({ length }: RecordedDecisions, keyOf: (row: number) => string): Int32Array {
  const numbers = new Map<string, number>()
  const numberOf = new Int32Array(length)
  for (let row = 0; row < length; row++) {
    const key = keyOf(row)
    let number = numbers.get(key)
    if (number === undefined) numbers.set(key, (number = numbers.size))
    numberOf[row] = number
  }
  return numberOf
}

/** Rows chain by chain, each in the order of its decisions. */
function inOrder({ decision, length }: RecordedDecisions, chain: Int32Array): Uint32Array {
  const order = Uint32Array.from({ length }, (_, row) => row)
  return order.sort((a, b) => chain[a]! - chain[b]! || decision[a]! - decision[b]! || a - b)
}

/** Numbers the chains that have a trajectory without gaps. */
function dense(clusters: readonly number[]): { clusters: Int32Array; chains: number } {
  const numbers = new Map<number, number>()
  const renumbered = Int32Array.from(clusters, (chain) => {
    const known = numbers.get(chain) ?? numbers.size
    numbers.set(chain, known)
    return known
  })
  return { clusters: renumbered, chains: numbers.size }
}
