/** Lines of `requests.jsonl`, as a run of ours writes it: when a user wanted a request to start, and in which session. */
import type { LineReader } from './trace-line.ts'

interface Fields {
  readonly intendedMs?: unknown
  readonly session?: unknown
  readonly method?: unknown
  readonly path?: unknown
  readonly service?: unknown
}

export const readRequestRecord: LineReader = (text, line) => {
  const fields = parsed(text)
  if (fields === undefined) return 'no JSON object'
  const { intendedMs, session } = fields
  if (typeof intendedMs !== 'number' || !(intendedMs >= 0)) return 'no intendedMs of 0 or above'
  line.ms = intendedMs
  line.relative = true
  line.session = typeof session === 'number' || typeof session === 'string' ? String(session) : ''
  line.path = textOf(fields.path)
  line.method = line.path === '' ? '' : textOf(fields.method).toUpperCase() || 'GET'
  line.service = textOf(fields.service)
  return undefined
}

function parsed(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
