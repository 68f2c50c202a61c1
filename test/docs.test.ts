/** The pages on faults, policies and scenarios say what the lists and files say: they are held against them row by row. */
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Listed } from '../src/core/index.ts'
import { candidateFeatures, stateFeatures } from '../src/learning/index.ts'
import { modelKinds } from '../src/learning/models/index.ts'
import { type PolicyDeclaration, policies } from '../src/routing/index.ts'
import { loadScenario, shippedScenarios, TRACE_FORMATS } from '../src/scenario/index.ts'
import { type FaultKind, faultKinds } from '../src/shop/index.ts'
import { vocabulary } from '../src/study/index.ts'
import { type ExecutorKind, executors } from '../src/traffic/index.ts'
import { fileOf } from './scenario/scenario-files.ts'

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

/** The row of the table of kinds. */
function executorRowOf({ name, summary, model, parameters, knownAs }: ExecutorKind): string {
  const list = parameters.map(({ name: parameter, default: value, required }) => {
    return `\`${parameter}\` ${value ?? (required ? '(required)' : '(optional)')}`
  })
  return `| \`${name}\` | ${summary} | ${model} | ${list.join(', ')} | ${knownAs} |`
}

describe('docs/executors.md', () => {
  const page = pageOf('executors.md')
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block]) => block!)
  const phases = blocks.flatMap((block) => {
    const file = fileOf(`name: page\ndescription: As on the page\naccounts: 100\n${block}`)
    copyFileSync(join(import.meta.dirname, 'fixtures/access.log'), join(dirname(file), 'access.log'))
    return loadScenario(file, { vocabulary }).scenario.phases
  })

  it('has one row for every kind, and no other', () => {
    const rows = page.split('\n').filter((line) => / \| (open|closed) \| /.test(line))
    expect(rows).toEqual(executors.all.map(executorRowOf))
  })

  it('says of every kind where its times come from', () => {
    for (const { name, model } of executors.all) {
      const rows = page.split('\n').filter((line) => line.startsWith(`| \`${name}\` |`))
      expect(rows.length).toBe('sessions' in executors.get(name) ? 1 : 2)
      expect(model).toMatch(/open|closed/)
    }
  })

  it('has a line for every kind, and each works', () => {
    expect(blocks).toHaveLength(2)
    const shown = phases.filter(({ name, executor }) => name === executor.kind).map(({ name }) => name)
    expect(shown).toEqual(executors.names)
    const shipped = shippedScenarios().find(({ name }) => name === 'executors')!
    const { scenario } = loadScenario(shipped.file, { vocabulary })
    const atWork = new Set(scenario.phases.map(({ executor }) => executor.kind as string))
    expect(executors.names.filter((name) => !atWork.has(name))).toEqual(['trace-replay'])
  })
})

describe('docs/traces.md', () => {
  const page = pageOf('traces.md')

  it('shows both uses, and each works', () => {
    const [, block] = /^```yaml\n(.*?)^```/ms.exec(page)!
    const file = fileOf(`name: page\ndescription: As on the page\naccounts: 100\n${block}`)
    copyFileSync(join(import.meta.dirname, 'fixtures/access.log'), join(dirname(file), 'access.log'))
    const { phases } = loadScenario(file, { vocabulary }).scenario
    const uses = phases.map(({ executor }) => executor.kind === 'trace-replay' && executor.trace.use)
    expect(uses).toEqual(['sessions', 'requests'])
  })

  it('has a row for every field and format', () => {
    const rows = [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name)
    const fields = executors.get('trace-replay').parameters.map(({ name }) => name)
    expect(rows).toEqual([...fields, ...TRACE_FORMATS])
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

it.each(['executors.md', 'faults.md', 'knee.md', 'policies.md', 'scenarios.md', 'traces.md'])(
  '%s links only to files that exist',
  (name) => {
    const links = [...pageOf(name).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link!)
    expect(links.filter((link) => !existsSync(join(DOCS, link)))).toEqual([])
  },
)
