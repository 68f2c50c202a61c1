/** The common beginning of all segments of a run: a moment that is told to every process beforehand. */
import { setTimeout as sleep } from 'node:timers/promises'
import { UsageError } from '../../core/index.ts'
import { epochMs } from '../../worlds/index.ts'

/** So late a start is still one: what should have been sent until then is sent at once, and counts from when it was due. */
const FORGIVEN_MS = 1_000
/** Timers of Node cannot wait longer than 24.8 days; nobody wants to wait for half of it. */
const LONGEST_WAIT_MS = 7 * 24 * 3_600_000
/** Epoch times in seconds are smaller than this, those in milliseconds are larger: it is the year 2001 and 33658. */
const SECONDS_BELOW = 1e12

const EXPECTED =
  'expected a moment with its time zone, like 2030-05-01T12:00:00Z, or milliseconds since 1970, like 1904904000000'

/**
 * What `--start-at` says, as ms since the epoch.
 *
 * @throws UsageError if it is no moment, one that has gone by, or a week ahead
 */
export function parseStartAt(text: string, nowMs: number): number {
  const atMs = momentOf(text)
  const aheadMs = atMs - nowMs
  if (aheadMs <= -FORGIVEN_MS) {
    throw new UsageError(
      `--start-at ${text}: was ${Math.round(-aheadMs / 1000)} s ago by the clock of this machine: ` +
        'all segments must begin together; choose a moment that leaves every one the time to start',
    )
  }
  if (aheadMs > LONGEST_WAIT_MS) {
    throw new UsageError(`--start-at ${text}: is more than a week ahead: is the unit right? ${EXPECTED}`)
  }
  return atMs
}

function momentOf(text: string): number {
  if (/^\d+$/.test(text)) {
    const atMs = Number(text)
    if (atMs >= SECONDS_BELOW) return atMs
    throw new UsageError(`--start-at ${text}: are these seconds? ${EXPECTED}`)
  }
  const isIso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/.exec(text)
  const atMs = isIso === null ? Number.NaN : Date.parse(text)
  if (Number.isNaN(atMs)) throw new UsageError(`--start-at ${text}: ${EXPECTED}`)
  if (isIso![3] === undefined) {
    throw new UsageError(
      `--start-at ${text}: without a time zone that is another moment on every machine: ${EXPECTED}`,
    )
  }
  return atMs
}

/** Waits for a moment, or for `signal`. */
export async function waitUntil(atMs: number, signal: AbortSignal): Promise<void> {
  const aheadMs = atMs - epochMs()
  if (aheadMs <= 0) return
  try {
    await sleep(aheadMs, undefined, { signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
