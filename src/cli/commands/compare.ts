/** `loadgen compare`: any policies over the same seeds, with intervals, oracle and bound. */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { makeStampedFolder, UsageError, type World, WorldError } from '../../core/index.ts'
import { comparisonText, formatDuration, type LearningCurve, writeComparison } from '../../report/index.ts'
import { type LoadedScenario, scenarioDurationMs } from '../../scenario/index.ts'
import {
  type Comparison,
  comparePolicies,
  expandPolicies,
  firstSeconds,
  identityOf,
  judgingSeeds,
  knownCurve,
  openComparisonDirectory,
  type ReplayResult,
  scaleLoad,
  splitPolicies,
} from '../../study/index.ts'
import { chooseScenario } from '../choose-scenario.ts'
import { type Command, outputOptions, scenarioOptions } from '../command.ts'
import { catchInterrupt } from '../interrupt.ts'
import type { Terminal } from '../terminal.ts'
import { requireWholeNumber } from '../whole-number.ts'

/** Enough to tell a few percent apart; each live one takes as long as it takes. */
const SEEDS: Readonly<Record<World, number>> = { virtual: 20, live: 5 }

interface CompareArgs {
  readonly config?: string
  readonly scenario?: string
  readonly policies: string
  readonly reference?: string
  readonly seeds?: number
  readonly load: number
  readonly oracle: boolean
  readonly world: World
  readonly seconds?: number
  readonly out?: string
  readonly merge: boolean
  readonly cache: string
  readonly jobs: number
}

export const compare: Command<CompareArgs> = {
  examples: [
    ['loadgen compare --scenario request-classes', 'every policy that makes sense there'],
    [
      'loadgen compare --scenario fail-fast --policies all,model:logs/a/model --seeds 20',
      'a model among them',
    ],
    [
      'loadgen compare --config my.yaml --policies "c3,epsilon-greedy(c3, epsilon=0.1)" --reference c3',
      'an opponent of your choice',
    ],
    [
      'loadgen compare --scenario validation --policies c3,peak-ewma --world live --seconds 20',
      'over sockets, in blocks',
    ],
  ],
  options: {
    ...scenarioOptions,
    policies: {
      type: 'string',
      default: 'all',
      requiresArg: true,
      describe: 'Policies, with commas between them; "all" stands for those of the scenario and of the list',
    },
    reference: {
      type: 'string',
      requiresArg: true,
      describe: 'The policy to compare with [default: the best that is no model and no oracle]',
    },
    seeds: {
      type: 'number',
      requiresArg: true,
      describe: 'So many held-out seeds, or live blocks [default: 20, live 5]',
    },
    load: { type: 'number', default: 1, requiresArg: true, describe: 'Users and arrivals times this' },
    oracle: { type: 'boolean', default: true, describe: 'Add an oracle; --no-oracle leaves it out' },
    world: { choices: ['virtual', 'live'], default: 'virtual', describe: 'Simulated, or over real sockets' },
    seconds: {
      type: 'number',
      requiresArg: true,
      describe: 'Live: only so much of the scenario per policy and block [default: all of it]',
    },
    out: {
      type: 'string',
      requiresArg: true,
      describe: 'Directory for the results [default: a new one in logs]',
    },
    merge: {
      type: 'boolean',
      default: false,
      describe: 'Add to the comparison that is in --out, of the same scenario and seeds',
    },
    cache: {
      type: 'string',
      default: join('logs', '.replays'),
      requiresArg: true,
      describe: 'Folder in which finished replays are kept and found again',
    },
    jobs: {
      type: 'number',
      default: availableParallelism(),
      requiresArg: true,
      describe: 'Worker threads; results do not depend on it',
    },
    ...outputOptions,
  },
  async run(args, terminal) {
    const { loaded, seeds } = taskOf(args, terminal)
    const policies = expandPolicies(splitPolicies(args.policies), loaded.scenario)
    const earlier = earlierResults(args, loaded)
    const stopping = args.world === 'live' ? 'stopping' : 'stopping: what is done is kept'
    const interrupt = catchInterrupt(() => terminal.note(`\n${stopping}`))
    let comparison: Comparison
    try {
      comparison = await comparePolicies({
        loaded,
        policies,
        reference: args.reference,
        oracle: args.oracle,
        seeds,
        jobs: args.jobs,
        world: args.world,
        cacheDir: args.cache,
        known: args.merge ? earlier : [],
        ...follow(args, loaded, terminal),
        signal: interrupt.signal,
      })
    } finally {
      interrupt.release()
    }
    const directory = args.out ?? newDirectory(loaded.scenario.name)
    const files = await writeComparison(directory, comparison, { curves: curvesOf(comparison) })
    report(comparison, directory, files, terminal)
    return 0
  },
}

function taskOf(args: CompareArgs, terminal: Terminal): { loaded: LoadedScenario; seeds: number[] } {
  const { world, seconds, load } = args
  if (args.config === undefined && args.scenario === undefined) {
    throw new UsageError('compare needs to know what to replay: add --config FILE or --scenario NAME')
  }
  if (args.merge && args.out === undefined) {
    throw new UsageError('--merge adds to a comparison that is there: say which with --out')
  }
  requireWholeNumber('--jobs', args.jobs, { min: 1 })
  const count = args.seeds ?? SEEDS[world]
  requireWholeNumber('--seeds', count, { min: 1 })
  if (seconds !== undefined && world === 'virtual') {
    throw new UsageError('--seconds is for --world live: in the virtual world time costs nothing')
  }
  if (seconds !== undefined && !(seconds > 0)) {
    throw new UsageError(`--seconds: expected a number above 0, got "${seconds}"`)
  }
  const loaded = chooseScenario(args)
  for (const warning of loaded.warnings) terminal.note(terminal.noteStyle.warn(`warning: ${warning}`))
  const scaled = scaleLoad(loaded.scenario, load)
  const scenario = seconds === undefined ? scaled : firstSeconds(scaled, seconds)
  return { loaded: { ...loaded, scenario }, seeds: judgingSeeds(scenario, count) }
}

/** Looks before anything is run whether the results can be written where they are to be. */
function earlierResults({ out, world }: CompareArgs, { scenario }: LoadedScenario): ReplayResult[] {
  return out === undefined ? [] : openComparisonDirectory(out, identityOf(scenario, world))
}

function newDirectory(scenario: string): string {
  const name = `compare-${scenario.replaceAll(/[^\w.-]+/g, '-')}`
  try {
    return makeStampedFolder('logs', name, new Date())
  } catch (error) {
    throw new WorldError(
      `logs: cannot make a directory there (${(error as Error).message}): name one with --out`,
    )
  }
}

function follow({ world }: CompareArgs, { scenario }: LoadedScenario, terminal: Terminal) {
  let [replays, done] = [0, 0]
  return {
    onStart: (count: number, known: number) => {
      replays = count
      const kept = known === 0 ? '' : `, ${known} more are known already`
      const each = scenarioDurationMs(scenario)
      const time = world === 'live' ? `, ${formatDuration(each)} each: ${formatDuration(count * each)}` : ''
      terminal.note(`comparing: ${count} ${world === 'live' ? 'live runs' : 'replays'}${kept}${time}`)
    },
    onResult: ({ policy, seed }: ReplayResult) => {
      done++
      terminal.note(terminal.noteStyle.dim(`  replay ${done} of ${replays}: ${policy}, seed ${seed}`))
    },
  }
}

function curvesOf({ rows }: Comparison): LearningCurve[] {
  return rows.flatMap(({ policy }) => {
    const curve = knownCurve(policy)
    return curve === undefined ? [] : [{ policy, curve }]
  })
}

function report(
  { results: _, ...table }: Comparison,
  directory: string,
  files: readonly string[],
  terminal: Terminal,
): void {
  if (terminal.json) return terminal.out(JSON.stringify({ ...table, directory, files }, null, 2))
  const whole = { ...table, results: [] }
  terminal.out(`${comparisonText(whole, terminal.outStyle)}\n\n  written to ${directory}`)
}
