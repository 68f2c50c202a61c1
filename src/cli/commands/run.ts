/** `loadgen run`: replay a scenario, record it, train on it, compare, report. */
import { availableParallelism } from 'node:os'
import {
  EXIT_INTERRUPTED,
  EXIT_THRESHOLDS_MISSED,
  UsageError,
  type World,
  WorldError,
} from '../../core/index.ts'
import { learners } from '../../learning/index.ts'
import { planText } from '../../report/index.ts'
import type { LoadedScenario } from '../../scenario/index.ts'
import { type RunEvents, targetAddress } from '../../study/index.ts'
import { chooseScenario, MODES, override } from '../choose-scenario.ts'
import { type Command, captureOptions, outputOptions, scenarioOptions } from '../command.ts'
import { catchInterrupt } from '../interrupt.ts'
import { planFacts } from '../plan-facts.ts'
import { reportRun } from '../report-run.ts'
import { type RunProgress, runProgress } from '../run-progress.ts'
import { carryOutSplit, type SplitArgs, splitOf, splitOptions } from '../split-run.ts'
import type { Terminal } from '../terminal.ts'
import { epochLine } from '../training-progress.ts'
import { requireWholeNumber } from '../whole-number.ts'

interface RunArgs extends SplitArgs {
  readonly mode?: (typeof MODES)[number]
  readonly config?: string
  readonly scenario?: string
  readonly world?: World
  readonly phase?: string
  readonly target?: string
  readonly instanceHeader?: string
  readonly instanceCookie?: string
  readonly estimatePropensities?: boolean
  readonly precise?: boolean
  readonly seed?: number
  readonly policy?: string
  readonly algorithm?: string
  readonly train: boolean
  readonly evaluate: boolean
  readonly out: string
  readonly jobs: number
}

export const run: Command<RunArgs> = {
  examples: [
    ['loadgen run --mode validation', 'two minutes of live traffic against the embedded shop'],
    ['loadgen run --mode comprehensive', 'a day of a shop in virtual time'],
    ['loadgen run --mode custom --config my.yaml --seed 7', 'a scenario of your own'],
    [
      'loadgen run --mode validation --target http://127.0.0.1:8080/proxy',
      'the same load on another balancer',
    ],
    [
      'loadgen run --target http://127.0.0.1:8080 --instance-header X-Upstream',
      'its decisions too, as its answers tell them',
    ],
  ],
  options: {
    mode: {
      choices: MODES,
      describe: 'What to run; custom with --config or --scenario [default: validation]',
    },
    ...scenarioOptions,
    phase: { type: 'string', requiresArg: true, describe: 'Only this phase of the scenario' },
    world: { choices: ['live', 'virtual'], describe: "Overrides the scenario's world" },
    target: {
      type: 'string',
      requiresArg: true,
      describe: 'URL of a running balancer, live [default: raise the embedded one]',
    },
    ...captureOptions,
    'estimate-propensities': {
      type: 'boolean',
      describe: 'Estimate propensities from how often each instance of the target answers',
    },
    precise: {
      type: 'boolean',
      describe:
        'Start live requests to some microseconds: a core turns without pause (client.scheduler: precise)',
    },
    seed: { type: 'number', requiresArg: true, describe: "Overrides the scenario's seed" },
    policy: { type: 'string', requiresArg: true, describe: 'Routing policy, see "loadgen list policies"' },
    algorithm: { choices: learners.names, describe: 'Learner for the recorded data' },
    train: { type: 'boolean', default: true, describe: 'Train on what was recorded; --no-train skips it' },
    evaluate: {
      type: 'boolean',
      default: true,
      describe: 'Replay held-out seeds with the learned router and the baselines; --no-evaluate skips it',
    },
    out: { type: 'string', default: 'logs', requiresArg: true, describe: 'Folder for the run directory' },
    jobs: {
      type: 'number',
      default: availableParallelism(),
      requiresArg: true,
      describe: 'Worker threads for the replays; results do not depend on it',
    },
    ...splitOptions,
    ...outputOptions,
  },
  async run(args, terminal) {
    const loaded = override(chooseScenario(args), { ...args, world: worldOf(args) })
    const split = splitOf(args, loaded.scenario)
    if (args.seed !== undefined) requireWholeNumber('--seed', args.seed)
    requireWholeNumber('--jobs', args.jobs, { min: 1 })
    if (loaded.warnings.length > 0) {
      for (const warning of loaded.warnings) terminal.note(terminal.noteStyle.warn(`warning: ${warning}`))
    }
    const progress = runProgress(loaded.scenario, terminal)
    const interrupt = catchInterrupt(() => terminal.note('\nstopping: what has been recorded is kept'))
    try {
      const finished = await carryOutSplit(args, split, terminal, {
        loaded,
        ...(args.target === undefined ? {} : { target: args.target }),
        out: args.out,
        train: args.train,
        evaluate: args.evaluate,
        jobs: args.jobs,
        events: follow(loaded, args, terminal, progress),
        signal: interrupt.signal,
      })
      await reportRun(finished, terminal)
      if (interrupt.signal.aborted) return EXIT_INTERRUPTED
      if (finished.summary.abortedBy !== null) return EXIT_THRESHOLDS_MISSED
      if (finished.summary.stopped !== null) return complain(finished.summary.stopped, terminal)
      return finished.summary.thresholds.every(({ passed }) => passed) ? 0 : EXIT_THRESHOLDS_MISSED
    } finally {
      progress.end()
      interrupt.release()
    }
  },
}

/** The results are kept and shown; that they are of a part only is said aloud, also with --quiet. */
function complain(stopped: string, terminal: Terminal): number {
  const error = new WorldError(`stopped: ${stopped}`)
  terminal.alarm(`loadgen: ${error.message}`)
  return error.exitCode
}

/** A target means live; what it decides by, and how time passes there, is not ours to say. */
function worldOf({ world, target, policy }: RunArgs): World | undefined {
  if (target === undefined) return world
  if (policy !== undefined)
    throw new UsageError(
      '--policy is for our own balancer: what the one at --target goes by is set up there; leave one of them away',
    )
  if (world === 'virtual')
    throw new UsageError('--target is a real balancer: it cannot be used with --world virtual')
  targetAddress(target)
  return 'live'
}

function follow(
  { scenario }: LoadedScenario,
  { target }: RunArgs,
  terminal: Terminal,
  progress: RunProgress,
): RunEvents {
  let replays = 0
  let replayed = 0
  return {
    onStart(directory) {
      const facts = planFacts(scenario, target ?? 'embedded', directory.path)
      terminal.note(`${planText(scenario, facts, terminal.noteStyle)}\n`)
    },
    onProgress: (nowMs, statistics) => progress.update(nowMs, statistics),
    onWorldEnd: () => progress.end(),
    onTrainingStart: (algorithm) => terminal.note(`training (${algorithm})`),
    onEpoch: (epoch) => terminal.note(epochLine(epoch)),
    onReplaysStart(count) {
      replays = count
      terminal.note(`comparing: ${count} replays of held-out seeds`)
    },
    onReplay({ policy, seed }) {
      replayed++
      terminal.note(terminal.noteStyle.dim(`  replay ${replayed} of ${replays}: ${policy}, seed ${seed}`))
    },
  }
}
