/** `loadgen evaluate`: what a policy would have earned on recorded runs. */
import { estimators } from '../../learning/index.ts'
import { evaluationText } from '../../report/index.ts'
import { evaluatePolicies, LONGEST_HORIZON } from '../../study/index.ts'
import { type Command, outputOptions } from '../command.ts'
import { requireWholeNumber } from '../whole-number.ts'

interface EvaluateArgs {
  readonly policy: string
  readonly runs: readonly string[]
  readonly estimators?: readonly string[]
  readonly horizon: number
  readonly gamma: number
  readonly resamples: number
  readonly trajectories?: 'session' | 'time'
  readonly seed: number
}

export const evaluate: Command<EvaluateArgs> = {
  examples: [
    ['loadgen evaluate models/cql logs/validation-20261121-120000', 'a model on one run'],
    [
      'loadgen evaluate least-outstanding logs/a logs/b --horizon 5 --gamma 0.9',
      'a heuristic on two runs, by chains of five decisions',
    ],
  ],
  positionals: {
    policy: { type: 'string', describe: 'A model directory, or any policy of "loadgen list policies"' },
    runs: { type: 'string', array: true, describe: 'Run directories, or their experiences.jsonl' },
  },
  options: {
    estimators: {
      type: 'string',
      array: true,
      nargs: 1, // or it would take the runs behind it, too
      requiresArg: true,
      describe: 'An estimator, see "loadgen list estimators"; may be repeated [default: all that differ]',
    },
    horizon: {
      type: 'number',
      default: 1,
      requiresArg: true,
      describe: `Decisions of a trajectory, 1 to ${LONGEST_HORIZON}; 1 is a bandit`,
    },
    gamma: {
      type: 'number',
      default: 1,
      requiresArg: true,
      describe: 'Discount per decision of a trajectory',
    },
    resamples: { type: 'number', default: 1000, requiresArg: true, describe: 'Of the bootstrap' },
    trajectories: {
      choices: ['session', 'time'],
      requiresArg: true,
      describe: 'What hangs together [default: sessions, where requests.jsonl tells them]',
    },
    seed: { type: 'number', default: 1, requiresArg: true, describe: 'Draws the resamples' },
    ...outputOptions,
  },
  async run({ policy, runs, ...args }, terminal) {
    requireWholeNumber('--seed', args.seed)
    requireWholeNumber('--horizon', args.horizon, { min: 1, max: LONGEST_HORIZON })
    requireWholeNumber('--resamples', args.resamples, { min: 1000 })
    for (const name of args.estimators ?? []) estimators.get(name)
    const evaluation = await evaluatePolicies({
      policies: [policy],
      directories: runs,
      horizon: args.horizon,
      gamma: args.gamma,
      resamples: args.resamples,
      seed: args.seed,
      ...(args.estimators === undefined ? {} : { estimators: args.estimators }),
      ...(args.trajectories === undefined ? {} : { trajectories: args.trajectories }),
      onPolicy: (text) => terminal.note(`judging ${text}`),
    })
    for (const problem of evaluation.data.problems)
      terminal.note(terminal.noteStyle.warn(`warning: ${problem}`))
    if (terminal.json) terminal.out(JSON.stringify(evaluation, null, 2))
    else terminal.out(evaluationText(evaluation, terminal.outStyle))
    return 0
  },
}
