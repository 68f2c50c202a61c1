/** One of several shares of a plan. What is shared out is numbered, and number k is of segment k mod count. */

export interface Segment {
  /** From 0. */
  readonly index: number
  readonly count: number
}

/** All of it. */
export const WHOLE: Segment = { index: 0, count: 1 }

export function isOwn({ index, count }: Segment, number: number): boolean {
  return number % count === index
}

/** How many of the numbers 0 to total - 1 are a segment's own. */
export function shareOf({ index, count }: Segment, total: number): number {
  return Math.max(0, Math.ceil((total - index) / count))
}

/** The same of a limit, of which every segment needs some: 1 at least. */
export function limitOf(segment: Segment, limit: number): number {
  return limit === Number.POSITIVE_INFINITY ? limit : Math.max(1, shareOf(segment, limit))
}
