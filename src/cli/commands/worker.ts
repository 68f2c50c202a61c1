/** `loadgen worker`: takes segments of distributed runs from Redis, and carries them out. */
import { serveGenerator, serveSegments } from '../../study/index.ts'
import type { Command } from '../command.ts'
import { catchInterrupt } from '../interrupt.ts'
import { redisUrl } from '../split-run.ts'
import { requireWholeNumber } from '../whole-number.ts'

interface WorkerArgs {
  readonly redis?: string
  readonly concurrency: number
  readonly out: string
  readonly deadAfter: number
  readonly channel: boolean
}

export const worker: Command<WorkerArgs> = {
  examples: [
    ['loadgen worker --redis redis://10.0.0.5:6379', 'one segment at a time, until Ctrl-C'],
    ['loadgen worker --redis redis://10.0.0.5:6379 --concurrency 4', 'four, each in a process of its own'],
  ],
  options: {
    redis: { type: 'string', requiresArg: true, describe: 'URL of the Redis [default: LOADGEN_REDIS]' },
    concurrency: {
      type: 'number',
      default: 1,
      requiresArg: true,
      describe: 'Segments at once, each in a process of its own: one per core that is free for it',
    },
    out: {
      type: 'string',
      default: 'logs',
      requiresArg: true,
      describe: 'Folder for segments, unless the folder of the run is shared with this machine',
    },
    'dead-after': {
      type: 'number',
      default: 6,
      requiresArg: true,
      describe: 'Seconds without a sign of life after which others take over what a worker had',
    },
    // How a run starts its generators, and a worker those of its segments; of no use to people.
    channel: { type: 'boolean', default: false, hidden: true },
  },
  async run(args, terminal) {
    if (args.channel) {
      await serveGenerator()
      return 0
    }
    requireWholeNumber('--concurrency', args.concurrency, { min: 1, max: 256 })
    requireWholeNumber('--dead-after', args.deadAfter, { min: 2, max: 3600 })
    const interrupt = catchInterrupt(() => terminal.note('\nstopping: segments under way are given back'))
    try {
      await serveSegments({
        redis: redisUrl(args.redis, process.env),
        concurrency: args.concurrency,
        out: args.out,
        deadAfterMs: args.deadAfter * 1000,
        note: (text) => terminal.note(text),
        signal: interrupt.signal,
      })
      return 0
    } finally {
      interrupt.release()
    }
  },
}
