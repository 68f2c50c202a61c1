/**
 * The variables by which schedulers tell the processes of an array apart.
 *
 * Kubernetes: Indexed Jobs, `JOB_COMPLETION_INDEX`, from 0; how many there are is not told. Slurm: job arrays, sbatch(1),
 * `SLURM_ARRAY_TASK_ID` with `_MIN`, `_STEP` and `_COUNT`. AWS Batch: array jobs, `AWS_BATCH_JOB_ARRAY_INDEX`, from 0, and
 * `AWS_BATCH_JOB_ARRAY_SIZE`.
 */
import { UsageError } from '../../core/index.ts'
import type { Segment } from './segment.ts'

type Environment = Readonly<Record<string, string | undefined>>

interface Scheduler {
  readonly name: string
  readonly index: string
  /** Number of the first task, and distance of the next, where they can be chosen. */
  readonly first?: string
  readonly step?: string
  readonly count?: string
}

const SCHEDULERS: readonly Scheduler[] = [
  { name: 'a Kubernetes Indexed Job', index: 'JOB_COMPLETION_INDEX' },
  {
    name: 'a Slurm array',
    index: 'SLURM_ARRAY_TASK_ID',
    first: 'SLURM_ARRAY_TASK_MIN',
    step: 'SLURM_ARRAY_TASK_STEP',
    count: 'SLURM_ARRAY_TASK_COUNT',
  },
  { name: 'an AWS Batch array', index: 'AWS_BATCH_JOB_ARRAY_INDEX', count: 'AWS_BATCH_JOB_ARRAY_SIZE' },
]

/**
 * The segment that a scheduler gave to this process.
 *
 * @param text of the option, for messages
 * @param count how many segments there are, if the option says it
 * @throws UsageError if no scheduler did, if several did, or if what it says does not fit
 */
export function indexFromEnvironment(
  text: string,
  count: number | undefined,
  environment: Environment,
): Segment {
  const present = SCHEDULERS.filter(({ index }) => isSet(environment[index]))
  const [scheduler] = present
  if (scheduler === undefined) {
    const names = SCHEDULERS.map(({ index }) => index).join(', ')
    throw new UsageError(
      `--segment ${text}: none of ${names} is set: this process was not started by an array of jobs; say it by number, like 1/4`,
    )
  }
  if (present.length > 1) {
    const names = present.map(({ index }) => `${index}=${environment[index]}`).join(' and ')
    throw new UsageError(
      `--segment ${text}: ${names} are set: which one counts is not clear; say it by number, like 1/4`,
    )
  }
  return segmentFrom(scheduler, text, count, environment)
}

function segmentFrom(
  scheduler: Scheduler,
  text: string,
  count: number | undefined,
  environment: Environment,
): Segment {
  const read = (variable: string | undefined): number | undefined =>
    variable === undefined ? undefined : wholeNumber(text, variable, environment[variable])
  const told = read(scheduler.count)
  const segments = count ?? told
  if (segments === undefined) {
    throw new UsageError(
      `--segment ${text}: ${scheduler.name} does not say how many tasks it has: write --segment auto/N`,
    )
  }
  if (told !== undefined && told !== segments) {
    throw new UsageError(
      `--segment ${text}: ${scheduler.name} has ${told} tasks (${scheduler.count}), not ${segments}: ` +
        `shares would be missing or sent twice; leave /${segments} away, or start ${segments} tasks`,
    )
  }
  const id = read(scheduler.index)!
  const place = (id - (read(scheduler.first) ?? 0)) / (read(scheduler.step) ?? 1)
  if (!Number.isInteger(place) || place < 0 || place >= segments) {
    throw new UsageError(
      `--segment ${text}: ${scheduler.index}=${id} is none of the ${segments} tasks of ${scheduler.name}: ` +
        'their numbers must follow on each other without gaps',
    )
  }
  return { index: place, count: segments }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}

function wholeNumber(text: string, variable: string, value: string | undefined): number | undefined {
  if (!isSet(value)) return undefined
  if (/^\d{1,9}$/.test(value!)) return Number(value)
  throw new UsageError(`--segment ${text}: ${variable}: expected a whole number, got "${value}"`)
}
