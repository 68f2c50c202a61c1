/**
 * `failure_timeline`: what goes wrong by minute, in sentences such as `inventory_service_partial_failure` with the
 * impact `30% of requests fail`. A recovery ends what lasts, of its service or of all.
 */
import { z } from 'zod'
import { text } from '../fields.ts'
import type { ServiceName } from '../scenario.ts'
import type { FieldPath } from '../source-document.ts'
import { minutesToMs } from '../units.ts'
import type { ForeignFile } from './foreign-file.ts'
import type { StatedTrouble } from './timed-trouble.ts'
import { amountIn, isWell, kindIn, serviceIn } from './trouble.ts'

const eventSchema = z.looseObject({
  minute: z.number().min(0),
  event: text,
  impact: z.union([text, z.number()]).optional(),
  duration_minutes: z.number().positive().optional(),
})
export const timelineSchema = z.array(eventSchema).min(1)
type TimelineEvent = z.infer<typeof eventSchema>

/** When the last event of a timeline ends, as far as it says. */
export function timelineMinutes(events: readonly TimelineEvent[]): number {
  return Math.max(...events.map(({ minute, duration_minutes = 0 }) => minute + duration_minutes))
}

/** @param path where the timeline stands */
export function troublesOfTimeline(
  file: ForeignFile,
  path: FieldPath,
  events: readonly TimelineEvent[],
  runMs: number,
): StatedTrouble[] {
  let troubles: StatedTrouble[] = []
  const inOrder = [...events.entries()].sort(([, a], [, b]) => a.minute - b.minute)
  for (const [index, event] of inOrder) {
    const at = [...path, index]
    const startMs = minutesToMs(event.minute)
    if (startMs >= runMs) {
      file.warn([...at, 'minute'], `${event.minute} is not before the end of the run: no effect`)
      continue
    }
    const sentence = sentenceOf(event)
    if (isRecovery(event)) {
      troubles = endedAt(troubles, startMs, serviceIn(sentence))
      continue
    }
    const trouble = troubleIn(event)
    if (trouble === undefined) {
      file.warn(at, `"${sentence}" is not understood as a failure of a service, and so without effect`)
      continue
    }
    troubles.push({ ...trouble, startMs, endMs: endOf(file, at, event, startMs, runMs), path: at })
  }
  return troubles
}

function sentenceOf({ event, impact }: TimelineEvent): string {
  return impact === undefined ? event : `${event}: ${impact}`
}

function isRecovery({ event, impact }: TimelineEvent): boolean {
  return /recover|restor/i.test(event) || (kindIn(event) === undefined && isWell(String(impact ?? event)))
}

/** The event names the service; how bad it is stands in the impact, or in the event if it is alone. */
function troubleIn({ event, impact }: TimelineEvent) {
  const words = String(impact ?? event)
  const service = serviceIn(event) ?? serviceIn(words)
  const kind = kindIn(words) ?? kindIn(event)
  const amount = kind && amountIn(words, kind)
  return service === undefined || kind === undefined || amount === undefined
    ? undefined
    : { service, kind, amount }
}

function endedAt(troubles: readonly StatedTrouble[], atMs: number, service?: ServiceName): StatedTrouble[] {
  return troubles.flatMap((trouble) => {
    if (service !== undefined && trouble.service !== service) return [trouble]
    return trouble.startMs < atMs ? [{ ...trouble, endMs: Math.min(trouble.endMs, atMs) }] : []
  })
}

function endOf(
  file: ForeignFile,
  at: FieldPath,
  { duration_minutes: minutes }: TimelineEvent,
  startMs: number,
  runMs: number,
): number {
  const endMs = minutes === undefined ? runMs : startMs + minutesToMs(minutes)
  if (endMs <= runMs) return endMs
  file.warn([...at, 'duration_minutes'], `${minutes} goes on after the end of the run: cut to that`)
  return runMs
}
