/** What must hold between the fields of a phase that say how it is driven. Each rule skips what is not sound. */
import { z } from 'zod'
import { checkSchema, validOrUndefined } from './check-schema.ts'
import type { Executor } from './executor.ts'
import { executorSchemas, someExecutorSchema } from './executor-schema.ts'
import type { Problems } from './problems.ts'
import { impliedDurationMs, resolveExecutor, stagesMs } from './resolve-executor.ts'
import type { FieldPath, SourceDocument } from './source-document.ts'
import type { TraceReference } from './trace/trace.ts'

const WAYS = ['users', 'sessionsPerSecond', 'executor'] as const
const positive = z.number().positive()
const drive = {
  users: z.int().positive().optional(),
  sessionsPerSecond: positive.optional(),
  rampUpSeconds: z.number().min(0).default(0),
  executor: someExecutorSchema.optional(),
}
const driveSchema = z.object(drive)

/** @param trace of an executor that replays one */
export function checkDrive(
  document: SourceDocument,
  path: FieldPath,
  problems: Problems,
  trace: TraceReference | undefined,
): void {
  const keys = document.keysAt(path)
  if (keys.length === 0) return
  const ways = WAYS.filter((key) => keys.includes(key))
  const wanted = 'expected exactly one of users, sessionsPerSecond and executor'
  if (ways.length === 0) problems.add(document, path, `${wanted}, got none`)
  const [first, second] = ways
  if (second !== undefined) {
    problems.add(document, [...path, second], `${wanted}, got ${ways.join(' and ')}`, 'key')
  }
  checkFields(document, [...path, 'executor'], problems)
  checkAtMost(document, path, 'rampUpSeconds', document.at([...path, 'rampUpSeconds']), problems)
  checkVaried(document, path, first, problems)
  const executor = resolveExecutor(
    validOrUndefined(driveSchema, document.at(path)) ?? { rampUpSeconds: 0 },
    trace,
  )
  if (executor === undefined) return
  checkLength(document, path, executor, problems)
  if (first !== 'executor') return
  checkExecutor(document, [...path, 'executor'], executor, problems)
  if (keys.includes('rampUpSeconds')) {
    const text = 'unknown key of a phase with an executor: it ramps as its own fields say'
    problems.add(document, [...path, 'rampUpSeconds'], text, 'key')
  }
}

/** The fields of the kind; which kind it is has been checked with the phase. */
function checkFields(document: SourceDocument, path: FieldPath, problems: Problems): void {
  const some = validOrUndefined(someExecutorSchema, document.at(path))
  if (some !== undefined) checkSchema<unknown>(document, path, executorSchemas[some.kind], problems)
}

function checkVaried(
  document: SourceDocument,
  path: FieldPath,
  way: (typeof WAYS)[number] | undefined,
  problems: Problems,
): void {
  const varied = [...path, 'variability', 'users']
  if (way === undefined || way === 'users' || !(Number(document.at(varied)) > 0)) return
  const kind = way === 'executor' ? document.at([...path, 'executor', 'kind']) : way
  if (kind === 'constant-users') return
  problems.add(document, varied, `expected 0, for ${String(kind)} holds no number of users that could vary`)
}

function checkLength(
  document: SourceDocument,
  path: FieldPath,
  executor: Executor,
  problems: Problems,
): void {
  const field = [...path, 'durationMinutes']
  const given = document.at(field)
  if (given === undefined && impliedDurationMs(executor) === undefined) {
    problems.add(document, field, 'expected number above 0, got nothing')
  }
  if (!document.keysAt(path).includes('executor')) return
  const seconds = Object.entries({
    rampUpSeconds: 'rampUpMs' in executor ? executor.rampUpMs / 1000 : 0,
    startSeconds: executor.kind === 'flash-crowd' ? (executor.startMs + executor.riseMs) / 1000 : 0,
    stages: 'stages' in executor ? stagesMs(executor) / 1000 : 0,
  })
  for (const [name, length] of seconds) checkAtMost(document, path, `executor.${name}`, length, problems)
}

/** What happens within a phase takes no longer than the phase does. */
function checkAtMost(
  document: SourceDocument,
  path: FieldPath,
  field: string,
  seconds: unknown,
  problems: Problems,
): void {
  const minutes = validOrUndefined(positive, document.at([...path, 'durationMinutes']))
  const length = validOrUndefined(positive, seconds)
  if (minutes === undefined || length === undefined || length <= minutes * 60) return
  const all = field.endsWith('stages') ? ' s in all' : ''
  const text = `expected at most ${minutes * 60}${all}, the length of the phase, got ${length}${all && ' s'}`
  problems.add(document, [...path, ...field.split('.')], text)
}

function checkExecutor(
  document: SourceDocument,
  path: FieldPath,
  executor: Executor,
  problems: Problems,
): void {
  const complain = (field: string, text: string): void => problems.add(document, [...path, field], text)
  if ('stages' in executor && stagesMs(executor) === 0) complain('stages', 'expected more than 0 s in all')
  switch (executor.kind) {
    case 'ramping-users': {
      const levels = [executor.startUsers, ...executor.stages.map(({ users }) => users)]
      if (Math.max(...levels) === 0) complain('stages', 'expected users in one of them, got none')
      return
    }
    case 'ramping-arrival-rate': {
      const rates = executor.stages.map(({ sessionsPerSecond }) => sessionsPerSecond)
      if (Math.max(executor.startSessionsPerSecond, ...rates) === 0) {
        complain('stages', 'expected a rate above 0 in one of them, got none')
      }
      return
    }
    case 'shared-iterations':
      if (executor.iterations >= executor.users) return
      return complain(
        'iterations',
        `expected at least one for each of the ${executor.users} users, got ${executor.iterations}`,
      )
    case 'bursty-arrivals': {
      const { quietSessionsPerSecond: quiet, burstSessionsPerSecond: burst } = executor
      if (burst > quiet) return
      return complain(
        'burstSessionsPerSecond',
        `expected more than ${quiet}, the rate of quiet times, got ${burst}`,
      )
    }
  }
}
