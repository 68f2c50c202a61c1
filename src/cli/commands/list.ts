/** `loadgen list`: what there is to name, straight from the lists that the code itself uses. */
import { learners } from '../../learning/index.ts'
import { policies } from '../../routing/index.ts'
import { shippedBehaviors, shippedScenarios } from '../../scenario/index.ts'
import type { Command } from '../command.ts'

interface Entry {
  readonly name: string
  readonly summary: string
  readonly parameters?: readonly {
    readonly name: string
    readonly default?: number | undefined
    readonly summary: string
  }[]
}

const LISTS: Readonly<Record<string, () => readonly Entry[]>> = {
  scenarios: () => shippedScenarios().map(({ name, description }) => ({ name, summary: description })),
  behaviors: () => shippedBehaviors().map(({ name, description }) => ({ name, summary: description })),
  policies: () => policies.all,
  algorithms: () =>
    learners.all.map(({ name, summary, hyperParameters }) => ({
      name,
      summary,
      parameters: hyperParameters,
    })),
}

export const list: Command<{ what: string }> = {
  usage: 'list <what>',
  summary: 'List scenarios, behaviors, policies or algorithms',
  examples: [['loadgen list policies', 'every routing policy with its rule and parameters']],
  positionals: { what: { type: 'string', choices: Object.keys(LISTS), describe: 'What to list' } },
  options: { json: { type: 'boolean', default: false, describe: 'Print one JSON document instead of text' } },
  async run({ what }, terminal) {
    const entries = LISTS[what]!()
    if (terminal.json) {
      terminal.out(
        JSON.stringify(
          entries.map(({ name, summary, parameters = [] }) => ({ name, summary, parameters })),
          null,
          2,
        ),
      )
      return 0
    }
    const width = Math.max(...entries.map(({ name }) => name.length))
    for (const { name, summary, parameters = [] } of entries) {
      terminal.out(`${name.padEnd(width)}  ${summary}`)
      for (const parameter of parameters) {
        const value = parameter.default === undefined ? 'from the data' : parameter.default
        terminal.out(
          terminal.outStyle.dim(`${''.padEnd(width)}    ${parameter.name} (${value}): ${parameter.summary}`),
        )
      }
    }
    return 0
  },
}
