/** The pages on faults, policies and scenarios say what the lists and files say: they are held against them row by row. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Listed } from '../src/core/index.ts'
import { candidateFeatures, stateFeatures } from '../src/learning/index.ts'
import { modelKinds } from '../src/learning/models/index.ts'
import { type PolicyDeclaration, policies } from '../src/routing/index.ts'
import { loadScenario, shippedScenarios } from '../src/scenario/index.ts'
import { type FaultKind, faultKinds } from '../src/shop/index.ts'
import { vocabulary } from '../src/study/index.ts'

const DOCS = join(import.meta.dirname, '../docs')
const pageOf = (name: string): string => readFileSync(join(DOCS, name), 'utf8')

/** The row of the table of kinds. */
function rowOf({ name, summary, parameters, knownAs }: FaultKind): string {
  const list = parameters.map((parameter) => `\`${parameter.name}\` ${parameter.default ?? '(required)'}`)
  return `| \`${name}\` | ${summary} | ${list.join(', ')} | ${knownAs} |`
}

describe('docs/faults.md', () => {
  const page = pageOf('faults.md')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))

  it('has one row for every kind, and no other', () => {
    expect(rows).toEqual(faultKinds.all.map(rowOf))
  })

  it.each(['bandwidth', 'slicer', 'slow_close', 'limit_data'])('says what became of %s', (toxic) => {
    expect(page).toContain(`\`${toxic}\``)
  })
})

/** The row of a policy, up to its ties and its source. */
function rowStartOf({ name, summary, parameters }: PolicyDeclaration): string {
  const list = parameters.map((parameter) => `\`${parameter.name}\` ${parameter.default}`)
  return `| \`${name}\` | ${summary} | ${list.join(', ')} | `
}

describe('docs/policies.md', () => {
  const rows = pageOf('policies.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))

  it('has one row for every policy, and no other', () => {
    const starts = policies.all.map(rowStartOf)
    expect(rows.map((row, i) => row.slice(0, starts[i]?.length))).toEqual(starts)
  })

  it('says of each how ties are broken and where it is from', () => {
    for (const row of rows) expect(row).toMatch(/ \| [^|?]+ \| [^|?]+ \|$/)
  })
})

describe('docs/models.md', () => {
  const rows = pageOf('models.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))

  it('has a row for every kind of model, with its files', () => {
    const kinds = modelKinds.all.map(({ name, summary, files }) => {
      return `| \`${name}\` | ${summary} | ${files.map((file) => `\`${file}\``).join(', ')} |`
    })
    expect(rows.filter((row) => row.endsWith('.json` |'))).toEqual(kinds)
  })

  it('has a row for every feature, and no other', () => {
    const named = (of: string, features: readonly Listed[]) =>
      features.map(({ name, summary }) => `| \`${name}\` | ${of} | ${summary} |`)
    expect(rows.filter((row) => / \| (state|instance) \| /.test(row))).toEqual([
      ...named('state', stateFeatures.all),
      ...named('instance', candidateFeatures.all),
    ])
  })
})

describe('docs/scenarios.md', () => {
  const page = pageOf('scenarios.md')
  const headings = [...page.matchAll(/^## `([^`]+)`/gm)].map(([, name]) => name!)

  it('has a section for every scenario that is shipped, and no other', () => {
    expect(headings.toSorted()).toEqual(shippedScenarios().map(({ name }) => name))
  })

  it.each(shippedScenarios())('shows how to run $name', ({ name }) => {
    const section = page.slice(page.indexOf(`## \`${name}\``)).split('\n## ')[0]!
    expect(section).toMatch(new RegExp(`loadgen run --mode (custom --scenario )?${name}\\b`))
  })

  it('names only lines of retry-storm that are there', () => {
    const { file } = shippedScenarios().find((shipped) => shipped.name === 'retry-storm')!
    const text = readFileSync(file, 'utf8')
    const section = page.slice(page.indexOf('## `retry-storm`')).split('\n## ')[0]!
    const removed = [...section.matchAll(/^-(.+)$/gm)].map(([, line]) => line!.trim())
    expect(removed.length).toBeGreaterThan(1)
    for (const line of removed) expect(text).toContain(line)
    const { scenario } = loadScenario(file, { vocabulary })
    expect(scenario.client.retries.budget).toBeNull()
  })
})

it.each(['faults.md', 'policies.md', 'scenarios.md'])('%s links only to files that exist', (name) => {
  const links = [...pageOf(name).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link!)
  expect(links.filter((link) => !existsSync(join(DOCS, link)))).toEqual([])
})
