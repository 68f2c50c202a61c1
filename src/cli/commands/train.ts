/** `loadgen train`: a model from recorded runs. */
import { join } from 'node:path'
import { EXIT_INTERRUPTED } from '../../core/index.ts'
import { learners, parseHyperParameters, type TrainingMetrics, trainModel } from '../../learning/index.ts'
import { type Command, outputOptions } from '../command.ts'
import { catchInterrupt } from '../interrupt.ts'
import { epochLine } from '../training-progress.ts'
import { requireWholeNumber } from '../whole-number.ts'

interface TrainArgs {
  readonly runs: readonly string[]
  readonly algorithm: string
  readonly set: readonly string[]
  readonly seed: number
  readonly output?: string
}

export const train: Command<TrainArgs> = {
  usage: 'train <runs..>',
  summary: 'Train a router offline from recorded runs',
  examples: [
    ['loadgen train logs/validation-20261121-120000', 'Q-learning on one run'],
    ['loadgen train logs/a logs/b --algorithm cql --set alpha=0.5 --output models/cql', 'CQL on two runs'],
  ],
  positionals: {
    runs: { type: 'string', array: true, describe: 'Run directories, or their experiences.jsonl' },
  },
  options: {
    algorithm: {
      choices: learners.names,
      default: 'q-learning',
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
    seed: { type: 'number', default: 1, requiresArg: true, describe: 'Draws the order of the transitions' },
    output: {
      type: 'string',
      requiresArg: true,
      describe: 'Model directory [default: "model-<algorithm>" in the first run]',
    },
    ...outputOptions,
  },
  async run(args, terminal) {
    requireWholeNumber('--seed', args.seed)
    const learner = learners.get(args.algorithm)
    const hyperParameters = parseHyperParameters(learner, args.set)
    const output = args.output ?? join(runDirectoryOf(args.runs[0]!), `model-${args.algorithm}`)
    const interrupt = catchInterrupt(() => terminal.note('\nstopping: the best epoch so far is kept'))
    try {
      const trained = await trainModel({
        directories: args.runs,
        algorithm: args.algorithm,
        hyperParameters,
        seed: args.seed,
        output,
        onEpoch: async (report) => {
          terminal.note(epochLine(report))
          await new Promise((resolve) => setImmediate(resolve)) // the turn in which a Ctrl-C is heard
        },
        shouldStop: () => interrupt.signal.aborted,
      })
      for (const problem of trained.problems) terminal.note(terminal.noteStyle.warn(`warning: ${problem}`))
      if (terminal.json) terminal.out(JSON.stringify(trained, null, 2))
      else terminal.out(modelText(args.algorithm, trained))
      return trained.stopped ? EXIT_INTERRUPTED : 0
    } finally {
      interrupt.release()
    }
  },
}

function runDirectoryOf(run: string): string {
  return run.endsWith('.jsonl') ? join(run, '..') : run
}

function modelText(
  algorithm: string,
  { output, version, metrics }: Awaited<ReturnType<typeof trainModel>>,
): string {
  const { transitions, states, classes, coverage, loggedReward } = metrics
  return [
    `model      ${output} (${algorithm}, version ${version.slice(0, 12)})`,
    `data       ${transitions.training} transitions for training, ${transitions.validation} for validation`,
    `table      ${states} states x ${classes} instance classes, ${(coverage * 100).toFixed(1)} % of the validation pairs seen`,
    `reward     logged ${loggedReward.toFixed(4)}, estimated for the model ${estimateText(metrics)}`,
    `use it     loadgen run --policy model:${output}`,
  ].join('\n')
}

function estimateText(metrics: TrainingMetrics): string {
  const { estimatedReward, effectiveSampleSize, transitions, unused, estimatedPropensities } = metrics
  if (unused.noPropensity === transitions.validation) {
    return 'not known: the records have no propensities, without which nobody can say what another policy earns'
  }
  if (estimatedReward === null) return 'not identifiable: the logger never tried what the model does'
  const sample = `effective sample ${Math.round(effectiveSampleSize)}`
  const doubt = estimatedPropensities > 0 ? ', from propensities that are estimates themselves' : ''
  return `${estimatedReward.toFixed(4)} per decision, ${sample}${doubt}`
}
