/**
 * The times of a trace by the reference that a resolved scenario holds. Another thread, another process and another
 * machine read the file again; one that has changed since is refused, for then the plan is another one.
 */
import { ConfigError } from '../../core/index.ts'
import { type ReadTrace, readTrace, type TraceOptions } from './read-trace.ts'
import type { TraceReference, TraceTimes } from './trace.ts'

/** Of scenarios with several traces, each is read once; ten million lines are 80 MB. */
const MOST_KEPT = 4
const kept = new Map<string, TraceTimes>()

/** Reads a trace for the first time, and keeps its times for whoever loads it next. */
export function openTrace(file: string, options: TraceOptions): ReadTrace {
  const read = readTrace(file, options)
  keep(read.reference, read.times)
  return read
}

/** @throws ConfigError if the file is gone, or is not what it was */
export function loadTrace(reference: TraceReference): TraceTimes {
  const known = kept.get(keyOf(reference))
  if (known !== undefined) return known
  const { file, format, use } = reference
  const read = readTrace(file, { format, use })
  if (read.reference.sha256 !== reference.sha256) {
    throw new ConfigError(
      `${file}: has changed since the scenario was read (its SHA-256 is ${read.reference.sha256.slice(0, 12)}, not ` +
        `${reference.sha256.slice(0, 12)}): run again, with the same file wherever parts of the run are`,
    )
  }
  keep(reference, read.times)
  return read.times
}

function keep(reference: TraceReference, times: TraceTimes): void {
  const key = keyOf(reference)
  kept.delete(key)
  kept.set(key, times)
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!)
}

/** By content, so that a copy elsewhere is the same. */
function keyOf({ sha256, format, use }: TraceReference): string {
  return `${sha256} ${format} ${use}`
}
