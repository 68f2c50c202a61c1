/** The command line: argv to one call, and every error to one message and an exit code. */
import yargs, { type Argv } from 'yargs'
import { didYouMean, LoadgenError, UsageError } from '../core/index.ts'
import { PRODUCT_VERSION } from '../study/index.ts'
import type { Command, CommandGroup } from './command.ts'
import { commands } from './commands/index.ts'
import { openTerminal } from './terminal.ts'

/** Runs one command line and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0
  const parser = commands.reduce(
    (cli, entry) => addEntry(cli, entry, (code) => (exitCode = code)),
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
        throw message === null ? error : new UsageError(withSuggestion(message))
      }),
  )
  try {
    await parser.parseAsync([...argv])
    return exitCode
  } catch (error) {
    return explain(error, argv)
  }
}

/** The words that one can type next. */
function namesOf(entries: readonly (Command | CommandGroup)[]): string[] {
  return entries.map((entry) => ('group' in entry ? entry.group : entry.usage.split(' ')[0]!))
}

function addEntry(cli: Argv, entry: Command | CommandGroup, done: (exitCode: number) => void): Argv {
  if (!('group' in entry)) return addCommand(cli, entry, done)
  return cli.command(entry.group, entry.summary, (own) =>
    entry.commands
      .reduce((group, command) => addCommand(group, command, done), own)
      .demandCommand(1, `say what to do: ${namesOf(entry.commands).join(', ')}`)
      .recommendCommands(),
  )
}

function addCommand(cli: Argv, command: Command, done: (exitCode: number) => void): Argv {
  return cli.command(
    command.usage,
    command.summary,
    (own) => {
      for (const [name, positional] of Object.entries(command.positionals ?? {})) {
        own.positional(name, { ...positional, type: 'string' })
      }
      return command.examples.reduce(
        (help, [line, does]) => help.example(line.replace(/^loadgen/, '$0'), does),
        own.options(command.options),
      )
    },
    async (args) => {
      requireOnce(command.options, args)
      const terminal = openTerminal({ json: args.json === true, quiet: args.quiet === true })
      done(await command.run(args, terminal))
    },
  )
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
function withSuggestion(message: string): string {
  const all = commands.flatMap((entry) => ('group' in entry ? entry.commands : [entry]))
  const options = all.flatMap((command) => Object.keys(command.options))
  const unknown = /^Unknown arguments?: (\S+)/.exec(message)?.[1]
  if (unknown !== undefined) return message + didYouMean(unknown.replace(/,$/, ''), options)
  const [, given, choices] = /Given: "([^"]*)", Choices: (.*)/.exec(message) ?? []
  return given === undefined ? message : message + didYouMean(given, choices!.replaceAll('"', '').split(', '))
}

function explain(error: unknown, argv: readonly string[]): number {
  const known = error instanceof LoadgenError
  const message = known ? error.message : String((error as Error)?.stack ?? error)
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
