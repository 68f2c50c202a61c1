/** The command line: argv to one call, and every error to one message and an exit code. */
import yargs, { type Argv } from 'yargs'
import { didYouMean, LoadgenError, PRODUCT_VERSION, UsageError } from '../core/index.ts'
import type { Command, CommandEntry, CommandGroup } from './command.ts'
import { commands } from './commands/index.ts'
import { withSourcePlaces } from './source-places.ts'

/** What a command line comes to. */
interface Outcome {
  exitCode: number
  /** Whether the help of a command may have to be shown. */
  readonly helpWanted: boolean
}

/** What yargs has against a command line, told to `fail`. */
class Rejection extends Error {}

/** Runs one command line and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const outcome: Outcome = { exitCode: 0, helpWanted: argv.some((word) => word.includes('help')) }
  const parser = commands.reduce(
    (cli, entry) => addEntry(cli, entry, outcome),
    yargs()
      .scriptName('loadgen')
      .usage('$0 <command>\n\nReplay traffic, record routing decisions, train a router, and prove it.')
      .version(PRODUCT_VERSION)
      .strict()
      .demandCommand(1, `say what to do: ${namesOf(commands).join(', ')}`)
      .recommendCommands()
      .exitProcess(false)
      .wrap(Math.min(110, process.stderr.columns ?? 110))
      // A message is yargs' own, with an error or without; what a command throws comes without one.
      .fail((message: string | null, error) => {
        throw message === null ? error : new Rejection(message)
      }),
  )
  try {
    await parser.parseAsync([...argv])
    return outcome.exitCode
  } catch (error) {
    return explain(isRejection(error) ? new UsageError(await withSuggestion(error.message)) : error, argv)
  }
}

/** Some of what yargs has against an option comes as an error of its own, past `fail`. */
function isRejection(error: unknown): error is Error {
  return error instanceof Error && (error instanceof Rejection || error.name === 'YError')
}

/** The words that one can type next. */
function namesOf(entries: readonly (CommandEntry | CommandGroup)[]): string[] {
  return entries.map((entry) => ('group' in entry ? entry.group : entry.usage.split(' ')[0]!))
}

function addEntry(cli: Argv, entry: CommandEntry | CommandGroup, outcome: Outcome): Argv {
  if (!('group' in entry)) return addCommand(cli, entry, outcome)
  return cli.command(entry.group, entry.summary, (own) =>
    entry.commands
      .reduce((group, command) => addCommand(group, command, outcome), own)
      .demandCommand(1, `say what to do: ${namesOf(entry.commands).join(', ')}`)
      .recommendCommands(),
  )
}

function addCommand(cli: Argv, entry: CommandEntry, outcome: Outcome): Argv {
  return cli.command(
    entry.usage,
    entry.summary,
    // yargs asks only the command of the line for its options.
    async (own) => declare(own, await entry.load(), outcome.helpWanted),
    async (args) => {
      const command = await entry.load()
      requireOnce(command.options, args)
      const { openTerminal } = await import('./terminal.ts') // not for a help or a version
      const terminal = openTerminal({ json: args.json === true, quiet: args.quiet === true })
      outcome.exitCode = await command.run(args, terminal)
    },
  )
}

/**
 * yargs lays out the help of every command that it runs, shown or not, which takes as long as much of the start: what
 * is hidden it leaves away.
 */
function declare(cli: Argv, command: Command, helpWanted: boolean): Argv {
  for (const [name, positional] of Object.entries(command.positionals ?? {})) {
    cli.positional(name, { ...positional, type: 'string', ...(helpWanted ? {} : { hidden: true }) })
  }
  for (const [name, option] of Object.entries(command.options)) {
    cli.option(name, helpWanted ? option : { ...option, hidden: true })
  }
  for (const [line, does] of helpWanted ? command.examples : []) {
    cli.example(line.replace(/^loadgen/, '$0'), does)
  }
  return cli
}

/** Of an option that is given twice, yargs makes a list; only options that are lists can mean something by it. */
function requireOnce(options: Command['options'], args: Readonly<Record<string, unknown>>): void {
  for (const [name, { array }] of Object.entries(options)) {
    const value = args[name]
    if (array === true || !Array.isArray(value)) continue
    throw new UsageError(`--${name}: given ${value.length} times (${value.join(', ')}): give it once`)
  }
}

/** Adds the nearest known word to what yargs says of an unknown option or choice. */
async function withSuggestion(message: string): Promise<string> {
  const unknown = /^Unknown arguments?: (\S+)/.exec(message)?.[1]
  if (unknown !== undefined) return message + didYouMean(unknown.replace(/,$/, ''), await allOptions())
  const [, given, choices] = /Given: "([^"]*)", Choices: (.*)/.exec(message) ?? []
  return given === undefined ? message : message + didYouMean(given, choices!.replaceAll('"', '').split(', '))
}

async function allOptions(): Promise<string[]> {
  const entries = commands.flatMap((entry) => ('group' in entry ? entry.commands : [entry]))
  const all = await Promise.all(entries.map((entry) => entry.load()))
  return all.flatMap((command) => Object.keys(command.options))
}

function explain(error: unknown, argv: readonly string[]): number {
  const known = error instanceof LoadgenError
  const message = known ? error.message : withSourcePlaces(String((error as Error)?.stack ?? error))
  const exitCode = known ? error.exitCode : 1
  if (argv.includes('--json')) {
    const kind = known ? error.name : 'InternalError'
    process.stdout.write(`${JSON.stringify({ error: { kind, message, exitCode } }, null, 2)}\n`)
  } else {
    const hint = error instanceof UsageError ? '\ntry "loadgen --help", or "loadgen <command> --help"' : ''
    process.stderr.write(`loadgen: ${known ? '' : 'internal error: '}${message}${hint}\n`)
  }
  return exitCode
}
