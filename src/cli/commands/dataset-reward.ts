/** `loadgen dataset reward`: a run with other rewards. */
import { didYouMean, REWARD_PARTS, type RewardPart, type RewardParts, UsageError } from '../../core/index.ts'
import { rewardRun } from '../../experience/index.ts'
import { type Command, outputOptions } from '../command.ts'
import { tellWritten } from '../written-runs.ts'

interface RewardArgs {
  readonly run: string
  readonly weights: string
  readonly 'target-latency'?: number
  readonly out: string
}

export const datasetReward: Command<RewardArgs> = {
  examples: [
    [
      'loadgen dataset reward logs/a --weights latency=1,error=2 --out logs/a-latency',
      'only these two parts count',
    ],
    [
      'loadgen dataset reward logs/a --weights satisfaction=1 --target-latency 300 --out logs/a-apdex',
      'Apdex with T = 300 ms',
    ],
  ],
  positionals: { run: { type: 'string', describe: 'Run directory, or its experiences.jsonl' } },
  options: {
    weights: {
      type: 'string',
      demandOption: true,
      requiresArg: true,
      describe: `part=weight,...; parts: ${REWARD_PARTS.join(', ')}; what is not named weighs nothing`,
    },
    'target-latency': {
      type: 'number',
      requiresArg: true,
      describe: 'Milliseconds [default: that of the run]',
    },
    out: { type: 'string', demandOption: true, requiresArg: true, describe: 'Run directory to make' },
    ...outputOptions,
  },
  async run({ run, weights, 'target-latency': targetLatencyMs, out }, terminal) {
    const target = targetLatencyMs === undefined ? {} : { targetLatencyMs }
    const written = await rewardRun({ run, weights: parseWeights(weights), ...target, out })
    return tellWritten(written, terminal, (directory) => `loadgen train ${directory}`)
  },
}

/** @throws UsageError for a part that there is not, or a weight that is no number */
function parseWeights(text: string): Partial<RewardParts> {
  const weights: Partial<Record<RewardPart, number>> = {}
  for (const assignment of text.split(',')) {
    const [name, value, ...rest] = assignment.split('=')
    const part = REWARD_PARTS.find((one) => one === name)
    if (part === undefined) {
      throw new UsageError(
        `--weights: unknown part "${name}"${didYouMean(name!, REWARD_PARTS)}: use some of ${REWARD_PARTS.join(', ')}`,
      )
    }
    const weight = value === undefined || value === '' || rest.length > 0 ? Number.NaN : Number(value)
    if (!Number.isFinite(weight)) {
      throw new UsageError(`--weights: ${part}: expected a number, as in ${part}=1, got "${assignment}"`)
    }
    weights[part] = weight
  }
  return weights
}
