/** `loadgen list`: what there is to name, straight from the lists that the code itself uses. */
import { estimators, learners } from '../../learning/index.ts'
import { policies } from '../../routing/index.ts'
import { shippedBehaviors, shippedScenarios } from '../../scenario/index.ts'
import { faultKinds } from '../../shop/index.ts'
import { executors } from '../../traffic/index.ts'
import type { Command } from '../command.ts'

interface Entry {
  readonly name: string
  readonly summary: string
  /** What other tools call it. */
  readonly knownAs?: string
  readonly parameters?: readonly Parameter[]
  /** Of policies: how many others it wraps. */
  readonly wraps?: number
  /** Of policies: it knows what no balancer can see. */
  readonly oracle?: boolean
  /** Of executors. */
  readonly model?: 'open' | 'closed'
}

type Parameter = { readonly name: string; readonly summary: string } & (
  | { readonly default?: number | undefined; readonly min: number; readonly max: number }
  | { readonly default: string; readonly choices: readonly string[] }
  | { readonly default?: number; readonly expects: string; readonly required: boolean }
)

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
  estimators: () => estimators.all,
  faults: () => faultKinds.all,
  executors: () => executors.all,
}

/** Learners find in their data what has no default; a fault must be told. */
const UNSET: Readonly<Record<string, string>> = { algorithms: 'from the data', faults: 'required' }

export const list: Command<{ what: string }> = {
  examples: [
    ['loadgen list policies', 'every routing policy with its rule and parameters'],
    ['loadgen list faults', 'every kind of fault with its parameters, their defaults and ranges'],
    ['loadgen list executors', 'every way to start sessions, with its parameters and what k6 calls it'],
  ],
  positionals: { what: { type: 'string', choices: Object.keys(LISTS), describe: 'What to list' } },
  options: { json: { type: 'boolean', default: false, describe: 'Print one JSON document instead of text' } },
  async run({ what }, terminal) {
    const entries = LISTS[what]!()
    if (terminal.json) {
      terminal.out(
        JSON.stringify(
          entries.map(({ name, summary, model, knownAs, parameters = [], wraps, oracle }) => ({
            name,
            summary,
            model,
            knownAs,
            parameters,
            wraps,
            virtualWorldOnly: oracle,
          })),
          null,
          2,
        ),
      )
      return 0
    }
    const width = Math.max(...entries.map(({ name }) => name.length))
    const detail = (text: string): void =>
      terminal.out(terminal.outStyle.dim(`${''.padEnd(width)}    ${text}`))
    for (const { name, summary, model, knownAs, parameters = [], wraps = 0, oracle } of entries) {
      terminal.out(`${name.padEnd(width)}  ${summary}`)
      if (oracle === true) detail('virtual world only')
      if (model !== undefined) detail(`${model} loop`)
      if (wraps > 0) detail(`wraps ${wraps}`)
      for (const parameter of parameters) {
        detail(`${parameter.name} (${valuesText(parameter, UNSET[what] ?? '')}): ${parameter.summary}`)
      }
      if (knownAs !== undefined) detail(`known as: ${knownAs}`)
    }
    return 0
  },
}

/** @param unset what it means that there is no default */
function valuesText(parameter: Parameter, unset: string): string {
  const { default: assumed } = parameter
  if ('expects' in parameter) {
    const absent = parameter.required ? 'required' : 'optional'
    return `${assumed === undefined ? absent : `default ${assumed}`}, ${parameter.expects}`
  }
  const values =
    'choices' in parameter ? parameter.choices.join(' or ') : `${parameter.min} to ${parameter.max}`
  return `${assumed === undefined ? unset : `default ${assumed}`}, ${values}`
}
