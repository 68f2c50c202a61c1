/** `loadgen study`: from a scenario to proof, or to the statement that there is none: collect, train, evaluate, compare. */
import { availableParallelism } from 'node:os'
import { LoadgenError, UsageError } from '../../core/index.ts'
import { studiesText, writeStudiesTable, writeStudy } from '../../report/index.ts'
import { MOST_SEEDS } from '../../scenario/index.ts'
import { planStudy, runStudy, StudyInterrupted, type StudyPlan, type StudyResult } from '../../study/index.ts'
import { chooseScenario } from '../choose-scenario.ts'
import { type Command, outputOptions } from '../command.ts'
import { catchInterrupt } from '../interrupt.ts'
import { studyProgress } from '../study-progress.ts'
import type { Terminal } from '../terminal.ts'
import { requireWholeNumber } from '../whole-number.ts'

interface StudyArgs {
  readonly scenarios: readonly string[]
  readonly seeds?: number
  readonly quick: boolean
  readonly out: string
  readonly jobs: number
}

interface Failure {
  readonly study: string
  readonly error: LoadgenError
}

export const study: Command<StudyArgs> = {
  examples: [
    ['loadgen study request-classes', 'a shipped scenario; the same line goes on after an interruption'],
    ['loadgen study scenarios/*.yaml', 'all of them, and one table over all'],
    ['loadgen study my.yaml --quick', 'just enough to see that everything works'],
  ],
  positionals: {
    scenarios: {
      type: 'string',
      array: true,
      describe: 'Scenario files, or names of shipped ones; FILE#NAME for one of several in a file',
    },
  },
  options: {
    seeds: {
      type: 'number',
      requiresArg: true,
      describe: 'Number of judging seeds [default: study.compare.seeds of the file, or 20]',
    },
    quick: {
      type: 'boolean',
      default: false,
      describe: 'One run to train on, one load, three judging seeds: shows that it works, and little else',
    },
    out: {
      type: 'string',
      default: 'studies',
      requiresArg: true,
      describe: 'Folder in which each study has its directory',
    },
    jobs: {
      type: 'number',
      default: availableParallelism(),
      requiresArg: true,
      describe: 'Worker threads for the replays; results do not depend on it',
    },
    ...outputOptions,
  },
  async run(args, terminal) {
    requireWholeNumber('--jobs', args.jobs, { min: 1 })
    if (args.seeds !== undefined) requireWholeNumber('--seeds', args.seeds, { min: 1, max: MOST_SEEDS })
    const plans = plansOf(args, terminal)
    const interrupt = catchInterrupt(() => terminal.note('\nstopping: what is done is kept'))
    const results: StudyResult[] = []
    const failures: Failure[] = []
    try {
      for (const plan of plans) {
        try {
          results.push(await oneStudy(plan, args, terminal, interrupt.signal))
        } catch (error) {
          // One study that cannot be done must not take the others away.
          if (!(error instanceof LoadgenError) || error instanceof StudyInterrupted || plans.length === 1)
            throw error
          terminal.alarm(`loadgen: ${plan.name}: ${error.message}`)
          failures.push({ study: plan.name, error })
        }
      }
    } finally {
      interrupt.release()
    }
    await report(results, failures, args, terminal)
    return failures[0]?.error.exitCode ?? 0
  },
}

/** All of them, before the first begins. */
function plansOf({ scenarios, seeds, quick }: StudyArgs, terminal: Terminal): StudyPlan[] {
  const plans = scenarios.map((text) => {
    const [file, scenario] = text.split('#') as [string, string | undefined]
    const loaded = chooseScenario(scenario === undefined ? { scenario: file } : { config: file, scenario })
    for (const warning of loaded.warnings) terminal.note(terminal.noteStyle.warn(`warning: ${warning}`))
    return planStudy(loaded, { seeds, quick })
  })
  const names = plans.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice === undefined) return plans
  throw new UsageError(
    `two of the scenarios are called "${twice}": their studies would be one; call for each alone, with an --out of its own`,
  )
}

async function oneStudy(
  plan: StudyPlan,
  { out, jobs }: StudyArgs,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<StudyResult> {
  terminal.note(terminal.noteStyle.heading(`${plan.name}: study`))
  const progress = studyProgress(plan, terminal)
  try {
    const result = await runStudy({ plan, out, jobs, events: progress, signal })
    await writeStudy(result)
    return result
  } finally {
    progress.onRunEnd()
  }
}

async function report(
  results: readonly StudyResult[],
  failures: readonly Failure[],
  { out, scenarios }: StudyArgs,
  terminal: Terminal,
): Promise<void> {
  const table = scenarios.length > 1 && results.length > 0 ? await writeStudiesTable(out, results) : undefined
  if (!terminal.json) {
    if (results.length > 0) terminal.out(studiesText(results, terminal.outStyle))
    if (table !== undefined) terminal.out(`\n  table      ${table}`)
    return
  }
  const studies = results.map((result) => ({
    ...result,
    comparisons: result.comparisons.map(({ comparison: { results: _, ...table }, ...compared }) => ({
      ...compared,
      comparison: table,
    })),
  }))
  const failed = failures.map(({ study, error }) => ({ study, kind: error.name, message: error.message }))
  terminal.out(JSON.stringify({ studies, failures: failed }, null, 2))
}
