/** Which session each trace of a run belongs to, from the `requests.jsonl` beside its records. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readLines } from '../experience/index.ts'
import { REQUEST_LOG_VERSION, type RequestRecord } from './request-log.ts'

/** Session by trace; undefined if the run has no log of requests. A line that cannot be read is left out. */
export function traceSessions(experiencesFile: string): ReadonlyMap<string, number> | undefined {
  const file = join(dirname(experiencesFile), 'requests.jsonl')
  if (!existsSync(file)) return undefined
  const sessions = new Map<string, number>()
  for (const { text } of readLines(file)) {
    const request = parsed(text)
    if (request?.v === REQUEST_LOG_VERSION) sessions.set(request.trace, request.session)
  }
  return sessions
}

function parsed(text: string): RequestRecord | undefined {
  try {
    return JSON.parse(text) as RequestRecord
  } catch {
    return undefined // the last line of a run that was killed
  }
}
