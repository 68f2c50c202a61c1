/**
 * What a replica tells of itself in `Server-Timing` (W3C) with its answer: how long the request waited and was worked
 * on, and how many waited when it was done. NaN where it does not.
 */

const QUEUE = /\bqueue;dur=([\d.]+)/
const WORK = /\bwork;dur=([\d.]+)/
/** A number, but no duration: it stands where the standard has room for words. */
const DEPTH = /\bdepth;desc=(\d+)/

export interface ServerTiming {
  readonly queueMs: number
  readonly workMs: number
  readonly queueDepth: number
}

export function serverTiming(header: string | string[] | undefined): ServerTiming {
  const text = String(header ?? '')
  return {
    queueMs: Number(QUEUE.exec(text)?.[1]),
    workMs: Number(WORK.exec(text)?.[1]),
    queueDepth: Number(DEPTH.exec(text)?.[1]),
  }
}
