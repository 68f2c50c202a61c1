/** `run.log`: what happened in a run, as JSON lines of pino. Written synchronously, so that nothing is lost at exit. */
import { type Logger, pino } from 'pino'

export type RunLog = Logger

export function openRunLog(file: string): RunLog {
  return pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: file, sync: true }),
  )
}
