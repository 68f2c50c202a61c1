/**
 * Named random streams and keyed draws.
 *
 * A *stream* is a sequential generator with a name; a draw added in one stream shifts no other. A *keyed draw*
 * is a pure function of its key. What a policy must not be able to change is drawn by key, whatever the order in
 * which it happens to have requests served: the choices of a session, the level of users in each minute, the size of
 * a job, what a fault makes of a request, how long a retry waits. Everything else is drawn by stream.
 */
import seedrandom from 'seedrandom'

/** A source of uniform numbers in [0, 1). */
export type Random = () => number

/** Opens named streams of one seed. The same seed and name give the same numbers, whatever else was drawn. */
export class RandomStreams {
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  /** Johannes Baagøe's Alea with 32-bit output, through the `seedrandom` package. */
  stream(name: string): Random {
    return seedrandom.alea(`${this.#seed}/${name}`)
  }
}

/** Avalanching 32-bit mix of two integers (the finaliser of MurmurHash3, Appleby 2011). Returns a uint32. */
export function mixKeys(a: number, b: number): number {
  let h = (a ^ Math.imul(b + 0x9e3779b9, 0x85ebca6b)) | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A uint32 key of a text (FNV-1a, then mixed). */
export function keyOf(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mixKeys(h, text.length)
}

/** The `index`-th uniform number in (0, 1) of a key; never 0, so that its logarithm is finite. */
export function keyedUniform(key: number, index: number): number {
  return (mixKeys(key, index + 1) + 0.5) / 4_294_967_296
}

/** The uniform numbers of a key one after the other: a stream that costs a closure, where one is needed per session. */
export function keyedStream(key: number): Random {
  let index = 0
  return () => keyedUniform(key, index++)
}

/** Uniform number in [low, high). */
export function uniform(random: Random, low: number, high: number): number {
  return low + (high - low) * random()
}

/** Uniform integer in [low, high], both included. */
export function uniformInteger(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

/** Exponential number with the given mean. */
export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random())
}

/** Draws index i with probability weights[i] / sum(weights). The weights need not sum to 1 but one must be above 0. */
export function weightedIndex(random: Random, weights: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < weights.length; i++) total += weights[i] as number
  let left = random() * total
  let last = 0
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] as number
    if (weight <= 0) continue
    last = i
    left -= weight
    if (left < 0) return i
  }
  return last
}
