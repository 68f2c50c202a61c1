/** What stands behind the point: `000Z` to `999Z`. */
const MS_TEXTS = Array.from({ length: 1000 }, (_, ms) => `${String(ms).padStart(3, '0')}Z`)
/** The last second that was asked for: many things happen within one, and formatting a date is dear. */
let lastSecond = Number.NaN
let lastStart = ''

/** ISO 8601 of the shop's clock, which starts at the epoch. */
export function isoTime(nowMs: number): string {
  const ms = Math.trunc(nowMs)
  const second = Math.floor(ms / 1000)
  if (second !== lastSecond) {
    lastSecond = second
    lastStart = new Date(second * 1000).toISOString().slice(0, -MS_TEXTS[0]!.length)
  }
  return lastStart + MS_TEXTS[ms - second * 1000]!
}
