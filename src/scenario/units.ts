/** From the units of the files to milliseconds. Whole ones: 1.005 s times 1000 must not be 1004.9999999999999. */

export function secondsToMs(seconds: number): number {
  return Math.round(seconds * 1000)
}

export function minutesToMs(minutes: number): number {
  return Math.round(minutes * 60_000)
}
