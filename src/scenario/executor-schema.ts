/**
 * The fields of executors, one schema per kind: validation, messages, `loadgen list executors` and the page on them
 * read them here.
 */
import { z } from 'zod'
import type { ExecutorKindName } from './executor.ts'
import { share, text } from './fields.ts'
import { TRACE_FORMATS } from './trace/trace.ts'
import { expectedText, type JsonSchema, jsonSchemaOf } from './wording.ts'

const count = z.int().positive()
const positive = z.number().positive()
const rate = positive.max(1_000_000)
/** Times are kept in whole milliseconds. */
const longEnough = z.number().min(0.001)
const level = z.int().min(0)
const seconds = z.number().min(0)

const maxUsers = count
  .exactOptional()
  .describe('With so many sessions of the phase under way, a start is dropped; by default no limit.')
const rampUpSeconds = (what: string) =>
  seconds.default(0).describe(`Time in seconds in which the ${what} grow${what === 'users' ? '' : 's'}.`)
const users = count.describe('Users of the phase.')

const stagesOf = <Target extends z.ZodRawShape>(target: Target, summary: string) =>
  z
    .array(z.strictObject({ durationSeconds: seconds.describe('Length; 0 is a jump.'), ...target }))
    .min(1)
    .describe(summary)

const FIELDS = {
  'constant-users': { users, rampUpSeconds: rampUpSeconds('users') },
  'ramping-users': {
    startUsers: level.default(1).describe('Users at the start.'),
    stages: stagesOf(
      { users: level.describe('Users at the end of the stage.') },
      'List of { durationSeconds, users }: in each, the users grow or fall linearly to that number.',
    ),
  },
  'per-user-iterations': {
    users,
    iterations: count.default(1).describe('Sessions of every user.'),
  },
  'shared-iterations': {
    users,
    iterations: count.describe('Sessions of all users together; at least one for each.'),
  },
  'constant-arrival-rate': {
    sessionsPerSecond: rate.describe('Starts per second, evenly spaced.'),
    maxUsers,
  },
  'ramping-arrival-rate': {
    startSessionsPerSecond: z.number().min(0).max(1_000_000).default(0).describe('Rate at the start.'),
    stages: stagesOf(
      {
        sessionsPerSecond: z.number().min(0).max(1_000_000).describe('Rate at the end of the stage.'),
      },
      'List of { durationSeconds, sessionsPerSecond }: in each, the rate changes linearly to that one.',
    ),
    maxUsers,
  },
  'poisson-arrivals': {
    sessionsPerSecond: rate.describe('Mean starts per second.'),
    rampUpSeconds: rampUpSeconds('rate'),
    maxUsers,
  },
  'bursty-arrivals': {
    quietSessionsPerSecond: z
      .number()
      .min(0)
      .max(1_000_000)
      .describe('Mean starts per second when it is quiet.'),
    burstSessionsPerSecond: rate.describe('Mean starts per second in a burst; above that of quiet times.'),
    meanQuietSeconds: longEnough.describe('Mean time from the end of a burst to the next.'),
    meanBurstSeconds: longEnough.describe('Mean length of a burst.'),
    maxUsers,
  },
  'diurnal-arrivals': {
    meanSessionsPerSecond: rate.describe('Mean starts per second over a period.'),
    amplitude: share.default(0.5).describe('Share of the mean by which the rate swings up and down.'),
    periodMinutes: longEnough.default(1440).describe('Length of a day.'),
    peakMinute: z
      .number()
      .min(0)
      .exactOptional()
      .describe('When the rate is highest, from the start of the phase; by default half a period.'),
    noise: share.default(0).describe('The rate wanders at random within so much of itself.'),
    noiseSeconds: longEnough.default(60).describe('Time between two points that the noise is drawn at.'),
    maxUsers,
  },
  'flash-crowd': {
    baseSessionsPerSecond: rate.describe('Mean starts per second before the crowd, and long after it.'),
    spikeFactor: z.number().gt(1).max(10_000).describe('Rate at the peak, as a multiple of the base.'),
    startSeconds: seconds.default(0).describe('When the crowd comes, from the start of the phase.'),
    riseSeconds: seconds.default(0).describe('Time from the base to the peak, in a straight line.'),
    decaySeconds: longEnough.describe('In this time what is above the base falls to 1/e (37 %) of itself.'),
    maxUsers,
  },
  'trace-replay': {
    file: text.describe(
      'File with the times, relative to the scenario: requests.jsonl, CSV or access log, or any as .gz.',
    ),
    format: z
      .enum(TRACE_FORMATS)
      .exactOptional()
      .describe('Its format; by default what its lines look like.'),
    speed: positive
      .max(1_000_000)
      .default(1)
      .describe('So many times as fast as it was: 2 halves every gap.'),
    factor: positive
      .max(1000)
      .default(1)
      .describe('As many starts as the trace has, times this: 0.1 is a tenth of them, 2 each twice.'),
    maxUsers,
  },
} as const satisfies Record<ExecutorKindName, z.ZodRawShape>

/** In the order of lists and pages. */
const EXECUTOR_KINDS = Object.keys(FIELDS) as ExecutorKindName[]

const schemaOf = <Kind extends ExecutorKindName>(kind: Kind) =>
  z.strictObject({ kind: z.literal(kind).describe('Kind of executor.'), ...FIELDS[kind] })

export const executorSchemas = {
  'constant-users': schemaOf('constant-users'),
  'ramping-users': schemaOf('ramping-users'),
  'per-user-iterations': schemaOf('per-user-iterations'),
  'shared-iterations': schemaOf('shared-iterations'),
  'constant-arrival-rate': schemaOf('constant-arrival-rate'),
  'ramping-arrival-rate': schemaOf('ramping-arrival-rate'),
  'poisson-arrivals': schemaOf('poisson-arrivals'),
  'bursty-arrivals': schemaOf('bursty-arrivals'),
  'diurnal-arrivals': schemaOf('diurnal-arrivals'),
  'flash-crowd': schemaOf('flash-crowd'),
  'trace-replay': schemaOf('trace-replay'),
} as const satisfies Record<ExecutorKindName, z.ZodType>

/** Discriminated by `kind`. */
export type ExecutorFile = z.infer<(typeof executorSchemas)[ExecutorKindName]>

/** As a part of a phase: which kind it is. Its own fields are checked by the schema of the kind (`executor-rules.ts`). */
export const someExecutorSchema = z.looseObject({
  kind: z.enum(EXECUTOR_KINDS as [ExecutorKindName, ...ExecutorKindName[]]).describe('Kind of executor.'),
})

export interface ExecutorParameter {
  readonly name: string
  readonly summary: string
  /** What may stand there: `number above 0`. */
  readonly expects: string
  readonly default?: number
  /** Without it there is no such executor. */
  readonly required: boolean
}

/** The fields of a kind, but for `kind` itself. */
export function executorParameters(kind: ExecutorKindName): ExecutorParameter[] {
  const { properties = {}, required = [] } = jsonSchemaOf(executorSchemas[kind])
  return Object.entries(properties as Record<string, JsonSchema>)
    .filter(([name]) => name !== 'kind')
    .map(([name, schema]) => ({
      name,
      summary: schema.description!.replace(/\.$/, ''),
      expects: expectedText(schema),
      required: required.includes(name),
      ...(schema.default === undefined ? {} : { default: schema.default as number }),
    }))
}
