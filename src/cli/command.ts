/** What a command is, and the options that several of them share: one declaration feeds parser, help and docs. */
import type { Options } from 'yargs'
import type { Terminal } from './terminal.ts'

export interface Command<Args = Record<string, unknown>> {
  /** Command line and what it does. */
  readonly examples: readonly (readonly [command: string, does: string])[]
  readonly positionals?: Readonly<Record<string, Options>>
  readonly options: Readonly<Record<string, Options>>
  /** Returns the exit code. @throws LoadgenError */
  run(args: Args, terminal: Terminal): Promise<number>
}

/** What the help of all commands says of one, and where the rest of it is. */
export interface CommandEntry {
  /** As yargs writes it: `train <runs..>`. */
  readonly usage: string
  readonly summary: string
  load(): Promise<Command>
}

/** Each command reads its own arguments from what its options declare; in the list they are all alike. */
export function commandEntry<Args>(
  usage: string,
  summary: string,
  load: () => Promise<Command<Args>>,
): CommandEntry {
  return { usage, summary, load: load as () => Promise<unknown> as () => Promise<Command> }
}

/** Commands under one word: `loadgen dataset stats ...`. */
export interface CommandGroup {
  readonly group: string
  readonly summary: string
  readonly commands: readonly CommandEntry[]
}

export const scenarioOptions = {
  config: {
    type: 'string',
    describe: "Scenario file: our YAML, or the predecessor's JSON",
    requiresArg: true,
  },
  scenario: {
    type: 'string',
    describe: 'Name of a shipped scenario, or of one in --config',
    requiresArg: true,
  },
} as const satisfies Record<string, Options>

/** How instances of a balancer that is not ours are told apart. */
export const captureOptions = {
  'instance-header': {
    type: 'string',
    describe: 'Response header in which the target names the instance that answered',
    requiresArg: true,
  },
  'instance-cookie': {
    type: 'string',
    describe: 'Cookie in which it does, where no header says it',
    requiresArg: true,
  },
} as const satisfies Record<string, Options>

export const outputOptions = {
  json: { type: 'boolean', default: false, describe: 'Print one JSON document instead of text' },
  quiet: { type: 'boolean', default: false, describe: 'No plan and no progress' },
} as const satisfies Record<string, Options>
