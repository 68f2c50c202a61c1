/**
 * Which answers are news. Whoever was kept out and is let in again is judged by what was sent since: a timeout of a
 * request from before comes late, and says nothing of the instance as it is now.
 */

/** By so much a request may seem to have begun before it was sent: clocks are read more than once. */
const CLOCK_SLACK_MS = 1

export function sentSince(sinceMs: number, nowMs: number, latencyMs: number): boolean {
  return nowMs - latencyMs >= sinceMs - CLOCK_SLACK_MS
}
