/** `loadgen train`: a model from recorded runs. */
import { join } from 'node:path'
import { EXIT_INTERRUPTED, UsageError } from '../../core/index.ts'
import {
  ACTION_SPACES,
  type ActionSpace,
  checkpointDirectory,
  learners,
  parseHyperParameters,
  type TrainingBeginning,
  type TrainingMetrics,
  type TrainingSummary,
} from '../../learning/index.ts'
import { factsText } from '../../report/index.ts'
import { DEFAULT_ALGORITHM } from '../../scenario/index.ts'
import { DEFAULT_CHECKPOINT_EPOCHS, trainInThread } from '../../study/index.ts'
import { chooseFeatures } from '../choose-features.ts'
import { type Command, outputOptions } from '../command.ts'
import { catchInterrupt } from '../interrupt.ts'
import { fallbackText } from '../model-text.ts'
import { epochLine } from '../training-progress.ts'
import { requireWholeNumber } from '../whole-number.ts'

interface TrainArgs {
  readonly runs: readonly string[]
  readonly algorithm: string
  readonly set: readonly string[]
  readonly actions: ActionSpace
  readonly features: readonly string[]
  readonly seed: number
  readonly output?: string
  readonly checkpointEvery: number
  readonly resume: boolean
}

export const train: Command<TrainArgs> = {
  examples: [
    ['loadgen train logs/validation-20261121-120000', 'the default learner, on one run'],
    ['loadgen train logs/a logs/b --algorithm cql --set alpha=0.5 --output models/cql', 'CQL on two runs'],
    ['loadgen train logs/a --resume', 'go on with a training that was interrupted, to the very same end'],
  ],
  positionals: {
    runs: { type: 'string', array: true, describe: 'Run directories, or their experiences.jsonl' },
  },
  options: {
    algorithm: {
      choices: learners.names,
      default: DEFAULT_ALGORITHM,
      describe: 'Learner, see "loadgen list algorithms"',
    },
    set: {
      type: 'string',
      array: true,
      nargs: 1, // or it would take the runs behind it, too
      default: [],
      requiresArg: true,
      describe: 'A hyper-parameter as name=number; may be repeated',
    },
    actions: {
      choices: ACTION_SPACES,
      default: 'instance' as const,
      describe: 'What the model chooses; strategies need a log of the policy "strategies"',
    },
    features: {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      requiresArg: true,
      describe:
        "What it looks at: state=NAME,.. or instance=NAME,..; may be repeated [default: the learner's]",
    },
    seed: { type: 'number', default: 1, requiresArg: true, describe: 'Draws the order of the transitions' },
    output: {
      type: 'string',
      requiresArg: true,
      describe: 'Model directory [default: "model-<algorithm>" in the first run]',
    },
    'checkpoint-every': {
      type: 'number',
      default: DEFAULT_CHECKPOINT_EPOCHS,
      requiresArg: true,
      describe: 'Epochs between two checkpoints (in "<output>.checkpoint"); 0 keeps none',
    },
    resume: { type: 'boolean', default: false, describe: 'Go on from the checkpoint of such a training' },
    ...outputOptions,
  },
  async run(args, terminal) {
    requireWholeNumber('--seed', args.seed)
    requireWholeNumber('--checkpoint-every', args.checkpointEvery, { min: 0 })
    const learner = learners.get(args.algorithm)
    const hyperParameters = parseHyperParameters(learner, args.set)
    const features = chooseFeatures(learner.features[args.actions], args.features)
    const output = args.output ?? join(runDirectoryOf(args.runs[0]!), `model-${args.algorithm}`)
    const interrupt = catchInterrupt(() => terminal.note('\nstopping: the best epoch so far is kept'))
    try {
      const trained = await trainInThread(
        {
          directories: args.runs,
          algorithm: args.algorithm,
          actions: args.actions,
          hyperParameters,
          features,
          seed: args.seed,
          output,
          ...checkpointsOf(args),
        },
        {
          onBegin: (beginning) => {
            const text = beginningText(args, output, beginning)
            if (text !== undefined) terminal.note(text)
          },
          onEpoch: (report) => terminal.note(epochLine(report)),
          signal: interrupt.signal,
        },
      )
      for (const problem of trained.problems) terminal.note(terminal.noteStyle.warn(`warning: ${problem}`))
      if (terminal.json) terminal.out(JSON.stringify(trained, null, 2))
      else terminal.out(modelText(args.algorithm, trained))
      if (trained.stopped && args.checkpointEvery > 0) {
        terminal.note('interrupted: the same command with --resume goes on from here')
      }
      return trained.stopped ? EXIT_INTERRUPTED : 0
    } finally {
      interrupt.release()
    }
  },
}

function checkpointsOf({ checkpointEvery, resume }: TrainArgs) {
  if (checkpointEvery > 0) return { checkpoints: { everyEpochs: checkpointEvery, resume } }
  if (resume)
    throw new UsageError('--resume needs checkpoints to go on with: leave --checkpoint-every 0 away')
  return {}
}

/** That there is nothing to resume is no error, so that the same line may be typed after any interruption; but it is said. */
function beginningText(
  { resume }: TrainArgs,
  output: string,
  { epochsDone }: TrainingBeginning,
): string | undefined {
  if (epochsDone > 0) return `resuming after epoch ${epochsDone}`
  return resume
    ? `no checkpoint in ${checkpointDirectory(output)}: beginning with the first epoch`
    : undefined
}

function runDirectoryOf(run: string): string {
  return run.endsWith('.jsonl') ? join(run, '..') : run
}

function modelText(algorithm: string, { output, version, metrics }: TrainingSummary): string {
  const { transitions, skipped, facts, loggedReward } = metrics
  const leftOut = Object.entries(skipped).map(([reason, count]) => `${count} ${reason}`)
  return [
    `model      ${output} (${algorithm}, version ${version.slice(0, 12)})`,
    `data       ${transitions.training} transitions for training, ${transitions.validation} for validation`,
    ...(leftOut.length === 0 ? [] : [`left out   ${leftOut.join(', ')}`]),
    `size       ${factsText(facts)}`,
    `reward     logged ${loggedReward.toFixed(4)}, estimated for the model ${estimateText(metrics)}`,
    ...(metrics.fallbackShare > 0 ? [`fallback   ${fallbackText(metrics)}`] : []),
    `use it     loadgen run --policy model:${output}`,
  ].join('\n')
}

function estimateText(metrics: TrainingMetrics): string {
  const { estimatedReward, effectiveSampleSize, transitions, withoutPropensity, estimatedPropensities } =
    metrics
  if (withoutPropensity === transitions.validation) {
    return 'not known: the records have no propensities, without which nobody can say what another policy earns'
  }
  if (estimatedReward === null) return 'not identifiable: the logger never tried what the model does'
  const sample = `effective sample ${Math.round(effectiveSampleSize)}`
  const doubt = estimatedPropensities > 0 ? ', from propensities that are estimates themselves' : ''
  return `${estimatedReward.toFixed(4)} per decision, ${sample}${doubt}`
}
