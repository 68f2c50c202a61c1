/** `loadgen knee`: the highest arrival rate at which the thresholds hold, with an interval and a chart. */
import { availableParallelism } from 'node:os'
import { EXIT_INTERRUPTED, makeStampedFolder, UsageError, type World, WorldError } from '../../core/index.ts'
import { formatDuration, formatSearchedRate, kneeText, writeKnee } from '../../report/index.ts'
import { type LoadedScenario, type Threshold, unmeasurableText } from '../../scenario/index.ts'
import {
  findKnee,
  type Knee,
  type KneePlan,
  parseThreshold,
  type RateTry,
  targetAddress,
} from '../../study/index.ts'
import { chooseScenario, override } from '../choose-scenario.ts'
import { type Command, outputOptions, scenarioOptions } from '../command.ts'
import { catchInterrupt } from '../interrupt.ts'
import type { Terminal } from '../terminal.ts'
import { requireWholeNumber } from '../whole-number.ts'

interface KneeArgs {
  readonly config?: string
  readonly scenario?: string
  readonly phase?: string
  readonly threshold?: readonly string[]
  readonly from?: number
  readonly to?: number
  readonly precision: number
  readonly seconds: number
  readonly warmUp?: number
  readonly repeats: number
  readonly world?: World
  readonly target?: string
  readonly policy?: string
  readonly seed?: number
  readonly out?: string
  readonly jobs: number
}

export const knee: Command<KneeArgs> = {
  examples: [
    ['loadgen knee --scenario validation', 'how many sessions per second the shop can take, simulated'],
    [
      'loadgen knee --scenario validation --threshold "p99LatencyMs < 300" --policy c3',
      'with a limit and a policy of your choice',
    ],
    [
      'loadgen knee --config api.yaml --target http://127.0.0.1:8080 --from 10 --to 500 --repeats 3',
      'of a server that runs, between two rates',
    ],
  ],
  options: {
    ...scenarioOptions,
    phase: {
      type: 'string',
      requiresArg: true,
      describe: 'Phase whose behaviours come [default: the one in which most sessions start]',
    },
    threshold: {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'What must hold, such as "p95LatencyMs < 500", instead of the thresholds of the scenario',
    },
    from: {
      type: 'number',
      requiresArg: true,
      describe: 'Lowest rate to try, in sessions per second [default: the rate of the phase / 1024]',
    },
    to: {
      type: 'number',
      requiresArg: true,
      describe: 'Highest rate to try [default: the rate of the phase * 1024]',
    },
    precision: {
      type: 'number',
      default: 0.05,
      requiresArg: true,
      describe: 'Stop when the rate that breaks is at most this share above the one that holds',
    },
    seconds: { type: 'number', default: 60, requiresArg: true, describe: 'How long each rate is measured' },
    'warm-up': {
      type: 'number',
      requiresArg: true,
      describe: 'Seconds before that in which users gather [default: the longest session, at least 10]',
    },
    repeats: {
      type: 'number',
      default: 5,
      requiresArg: true,
      describe: 'Searches, each with a seed of its own; their scatter gives the interval',
    },
    world: {
      choices: ['virtual', 'live'],
      describe: 'Simulated, or over real sockets [default: virtual, live with --target]',
    },
    target: { type: 'string', requiresArg: true, describe: 'URL of a running balancer or server, live' },
    policy: { type: 'string', requiresArg: true, describe: 'Routing policy, see "loadgen list policies"' },
    seed: { type: 'number', requiresArg: true, describe: "Overrides the scenario's seed" },
    out: {
      type: 'string',
      requiresArg: true,
      describe: 'Directory for the results [default: a new one in logs]',
    },
    jobs: {
      type: 'number',
      default: availableParallelism(),
      requiresArg: true,
      describe: 'Worker threads of the virtual world; results do not depend on it',
    },
    ...outputOptions,
  },
  async run(args, terminal) {
    const loaded = taskOf(args)
    const world = args.world ?? (args.target === undefined ? 'virtual' : 'live')
    for (const warning of loaded.warnings) terminal.note(terminal.noteStyle.warn(`warning: ${warning}`))
    const interrupt = catchInterrupt(() => terminal.note('\nstopping: what has been tried is kept'))
    let found: Knee
    try {
      found = await findKnee({
        loaded,
        world,
        phase: args.phase,
        target: args.target,
        lowest: args.from,
        highest: args.to,
        precision: args.precision,
        windowMs: args.seconds * 1000,
        warmUpMs: args.warmUp === undefined ? undefined : args.warmUp * 1000,
        repeats: args.repeats,
        jobs: args.jobs,
        onStart: (plan) => tellPlan(plan, world, args, terminal),
        onTry: (repeat, made) => tellTry(repeat, made, args, terminal),
        signal: interrupt.signal,
      })
    } finally {
      interrupt.release()
    }
    const directory = args.out ?? newDirectory(loaded.scenario.name)
    const files = await writeKnee(directory, found)
    report(found, directory, files, terminal)
    return found.interrupted ? EXIT_INTERRUPTED : 0
  },
}

function taskOf(args: KneeArgs): LoadedScenario {
  const { config, scenario, target, world, policy, seed, threshold } = args
  if (config === undefined && scenario === undefined) {
    throw new UsageError('knee needs to know whose users come: add --config FILE or --scenario NAME')
  }
  if (target !== undefined && world === 'virtual') {
    throw new UsageError('--target is a real balancer: it cannot be used with --world virtual')
  }
  if (target !== undefined && policy !== undefined) {
    throw new UsageError('--policy is for our own balancer: leave --policy or --target away')
  }
  if (target !== undefined) targetAddress(target)
  if (seed !== undefined) requireWholeNumber('--seed', seed)
  requireWholeNumber('--jobs', args.jobs, { min: 1 })
  requireWholeNumber('--repeats', args.repeats, { min: 1 })
  requireAbove0({
    '--from': args.from,
    '--to': args.to,
    '--precision': args.precision,
    '--seconds': args.seconds,
  })
  if (args.warmUp !== undefined && !(args.warmUp >= 0)) {
    throw new UsageError(`--warm-up: expected a number from 0, got "${args.warmUp}"`)
  }
  const loaded = override(chooseScenario({ config, scenario }), { seed, policy })
  if (threshold === undefined) return loaded
  return { ...loaded, scenario: { ...loaded.scenario, thresholds: threshold.map(toThreshold(loaded)) } }
}

/** @throws UsageError also for a metric that the scenario can never have: it would break at no rate at all */
function toThreshold({ scenario }: LoadedScenario): (text: string) => Threshold {
  return (text) => {
    const threshold = parseThreshold(text)
    const complaint = unmeasurableText(threshold.metric, scenario)
    if (complaint !== undefined) throw new UsageError(`--threshold: ${threshold.metric}: ${complaint}`)
    return threshold
  }
}

function requireAbove0(values: Readonly<Record<string, number | undefined>>): void {
  for (const [flag, value] of Object.entries(values)) {
    if (value === undefined || (value > 0 && Number.isFinite(value))) continue
    throw new UsageError(`${flag}: expected a number above 0, got "${value}"`)
  }
}

function newDirectory(scenario: string): string {
  const name = `knee-${scenario.replaceAll(/[^\w.-]+/g, '-')}`
  try {
    return makeStampedFolder('logs', name, new Date())
  } catch (error) {
    throw new WorldError(
      `logs: cannot make a directory there (${(error as Error).message}): name one with --out`,
    )
  }
}

function tellPlan(plan: KneePlan, world: World, { repeats }: KneeArgs, terminal: Terminal): void {
  const { search, time, phase, thresholds } = plan
  const each = formatDuration(time.warmUpMs + time.windowMs)
  const range = `between ${formatSearchedRate(search.lowest)} and ${formatSearchedRate(search.highest)}, from ${formatSearchedRate(search.start)}`
  const took =
    world === 'live'
      ? `, about ${Math.ceil(-Math.log2(Math.log2(1 + search.precision))) + 5} tries a repeat`
      : ''
  terminal.note(
    `searching: sessions of phase ${phase}, ${range}; ${repeats === 1 ? 'once' : `${repeats} times`}, ${each} a try${took}`,
  )
  terminal.note(terminal.noteStyle.dim(`  ${thresholds.join(', ')}`))
  for (const warning of plan.warnings) terminal.note(terminal.noteStyle.warn(`warning: ${warning}`))
}

function tellTry(repeat: number, made: RateTry, { repeats }: KneeArgs, terminal: Terminal): void {
  const why = made.reasons.length === 0 ? '' : ` (${made.reasons.join(', ')})`
  const rate = formatSearchedRate(made.sessionsPerSecond)
  terminal.note(terminal.noteStyle.dim(`  repeat ${repeat + 1} of ${repeats}: ${rate} ${made.verdict}${why}`))
}

function report(found: Knee, directory: string, files: readonly string[], terminal: Terminal): void {
  if (terminal.json) return terminal.out(JSON.stringify({ ...found, directory, files }, null, 2))
  terminal.out(`${kneeText(found, terminal.outStyle)}\n\n  written to ${directory}`)
}
