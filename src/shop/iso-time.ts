/** ISO 8601 of the shop's clock, which starts at the epoch. */
export function isoTime(nowMs: number): string {
  return new Date(nowMs).toISOString()
}
