/**
 * One alarm in memory that two threads share: a single 32-bit cell, so that it is read and written as a whole.
 *
 * Odd numbers are times: microseconds of the machine's monotonic clock, modulo 2^32 and rounded up to an odd one.
 * Even ones are states.
 */

export const IDLE = 0
export const CLOSED = 2
/** As the clock wraps around every 71 minutes, an alarm must be nearer than half of that. */
export const MOST_AHEAD_MS = 30 * 60_000

/** Microseconds of the monotonic clock, the same in all threads of a process. */
export function machineMicroseconds(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e6 + nanoseconds / 1e3
}

/** @param microseconds of `machineMicroseconds`, no further ahead than `MOST_AHEAD_MS` */
export function alarmAt(microseconds: number): number {
  // Taking the lower 32 bits keeps odd numbers odd.
  return Math.ceil(microseconds) | 1
}

/** Microseconds until the alarm; 0 and below: it is due. */
export function leftUntil(alarm: number): number {
  return (alarm - Math.floor(machineMicroseconds())) | 0
}
