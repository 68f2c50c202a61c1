/** The options of `loadgen run` by which several processes share one run, and what of them goes together. */
import type { Options } from 'yargs'
import { UsageError } from '../core/index.ts'
import type { Scenario } from '../scenario/index.ts'
import {
  type FinishedRun,
  MOST_SEGMENTS,
  parseSegment,
  parseStartAt,
  type RunScenarioOptions,
  type RunShare,
  requireAccounts,
  runDistributed,
  runScenario,
  segmentText,
} from '../study/index.ts'
import type { Terminal } from './terminal.ts'
import { requireWholeNumber } from './whole-number.ts'

export interface SplitArgs {
  readonly target?: string
  readonly segment?: string
  readonly startAt?: string
  readonly processes?: number
  readonly distributed: boolean
  readonly redis?: string
  readonly segments?: number
}

export const splitOptions = {
  segment: {
    type: 'string',
    requiresArg: true,
    describe: 'Only one share of the run: 2/4, or auto/4 in an array of jobs; see "loadgen merge"',
  },
  'start-at': {
    type: 'string',
    requiresArg: true,
    describe: 'When all segments begin: 2030-05-01T12:00:00Z, or ms since 1970',
  },
  processes: { type: 'number', requiresArg: true, describe: 'Generator processes on this machine, live' },
  distributed: {
    type: 'boolean',
    default: false,
    describe: 'Let the workers at --redis carry out the segments, see "loadgen worker"',
  },
  redis: {
    type: 'string',
    requiresArg: true,
    describe: 'URL of the Redis where the workers are [default: LOADGEN_REDIS]',
  },
  segments: {
    type: 'number',
    requiresArg: true,
    describe: 'How many segments the workers share [default: as many as they can take at once]',
  },
} as const satisfies Record<string, Options>

export interface SplitRun {
  readonly share?: RunShare
  readonly processes?: number
}

/** @throws UsageError for what cannot go together, or cannot be done in this world */
export function splitOf(args: SplitArgs, scenario: Scenario): SplitRun {
  requireOneWay(args)
  const { segment: text, startAt, processes, target, distributed } = args
  const live = scenario.world === 'live'
  if (processes !== undefined) requireProcesses(processes, scenario, target)
  if ((text !== undefined || distributed) && live && target === undefined) {
    throw new UsageError(
      `${distributed ? '--distributed' : '--segment'} needs --target URL: without it, every segment would raise a shop of its own; ` +
        'raise one with "loadgen target" and give its URL to all',
    )
  }
  if (startAt !== undefined && (!live || target === undefined || distributed)) {
    throw new UsageError(
      live
        ? '--start-at is for segments that send to one --target, and workers begin together without it'
        : '--start-at: a virtual world has a clock of its own, which begins with the run: leave it away',
    )
  }
  const segment = text === undefined ? undefined : parseSegment(text, process.env)
  requireAccounts(scenario, segment?.count ?? processes ?? 1)
  const share: RunShare = {
    ...(segment === undefined ? {} : { segment }),
    ...(startAt === undefined ? {} : { startEpochMs: parseStartAt(startAt, Date.now()) }),
  }
  return { share, ...(processes === undefined ? {} : { processes }) }
}

/** The run as it was asked for: by workers, by several processes, as one share, or just so. */
export async function carryOutSplit(
  args: SplitArgs,
  split: SplitRun,
  terminal: Terminal,
  options: RunScenarioOptions,
): Promise<FinishedRun> {
  if (args.distributed) {
    return runDistributed({
      ...options,
      redis: redisUrl(args.redis, process.env),
      ...(args.segments === undefined ? {} : { segments: args.segments }),
      note: (text) => terminal.note(text),
    })
  }
  const segment = split.share?.segment
  if (segment !== undefined) {
    const train = options.train ? '; nothing is trained on a share: train on the merged run' : ''
    terminal.note(
      `segment ${segmentText(segment)}: when all are there, "loadgen merge" puts them together${train}`,
    )
  }
  return runScenario({ ...options, ...split })
}

function requireOneWay({ segment, processes, distributed, redis, segments }: SplitArgs): void {
  const ways = Object.entries({
    '--segment': segment !== undefined,
    '--processes': processes !== undefined && processes > 1,
    '--distributed': distributed,
  }).flatMap(([flag, given]) => (given ? [flag] : []))
  if (ways.length > 1) {
    throw new UsageError(
      `${ways.join(' and ')}: a run is shared out in one way only: cut it into more segments instead`,
    )
  }
  if (segments !== undefined) requireWholeNumber('--segments', segments, { min: 1, max: MOST_SEGMENTS })
  if (distributed) return
  if (redis !== undefined) throw new UsageError('--redis is for --distributed: add it, or leave --redis away')
  if (segments !== undefined) {
    throw new UsageError('--segments is for --distributed; one share alone is --segment 2/4')
  }
}

function requireProcesses(processes: number, scenario: Scenario, target: string | undefined): void {
  requireWholeNumber('--processes', processes, { min: 1, max: 256 })
  if (processes === 1) return
  if (scenario.world === 'virtual') {
    throw new UsageError(
      '--processes is for the live world: a virtual run is one queue of events, in which all its sessions meet, and ' +
        'cannot be cut; what uses more cores there is more runs: --jobs for the replays, "loadgen study" for several seeds',
    )
  }
  if (target !== undefined && scenario.capture !== undefined) {
    throw new UsageError(
      '--processes does not capture the decisions of a --target: each process would see its own requests only; ' +
        'use --segment i/n for each, and "loadgen merge"',
    )
  }
}

/** @throws UsageError if neither the option nor the environment says where Redis is */
export function redisUrl(
  option: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const url = option ?? environment.LOADGEN_REDIS
  if (url !== undefined && url !== '') return url
  throw new UsageError(
    'where is Redis? say it with --redis redis://HOST:6379, or in the environment variable LOADGEN_REDIS',
  )
}
