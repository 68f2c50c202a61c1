/** What README shows must be true: its scenario loads, its commands exist, its links lead somewhere. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CommandEntry } from '../src/cli/command.ts'
import { commands } from '../src/cli/commands/index.ts'
import { loadScenario, shippedScenarios } from '../src/scenario/index.ts'
import { vocabulary } from '../src/study/index.ts'

const ROOT = join(import.meta.dirname, '..')
const PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/records.md', 'bench/README.md']
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

/** @param second word of the line, which names the command where the first names a group */
function commandNamed(name: string | undefined, second: string | undefined): CommandEntry | undefined {
  for (const entry of commands) {
    if ('group' in entry) {
      if (entry.group === name) return entry.commands.find(({ usage }) => usage.split(' ')[0] === second)
    } else if (entry.usage.split(' ')[0] === name) return entry
  }
  return undefined
}

describe('README', () => {
  const [flow, alone, trouble] = [...README.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => yaml!)

  it('shows a load test that loads without a warning', () => {
    const folder = mkdtempSync(join(tmpdir(), 'loadgen-readme-'))
    const file = join(folder, 'api.yaml')
    writeFileSync(file, flow!)
    const { scenario, warnings } = loadScenario(file, { vocabulary })
    expect(warnings).toEqual([])
    expect(scenario.behaviors.look).toMatchObject({ kind: 'flow' })
    expect(scenario.thresholds).toHaveLength(2)
    rmSync(folder, { recursive: true })
  })

  it('shows a scenario that loads without a warning', () => {
    const folder = mkdtempSync(join(tmpdir(), 'loadgen-readme-'))
    const file = join(folder, 'my-sale.yaml')
    writeFileSync(file, alone!)
    const { scenario, warnings } = loadScenario(file, { vocabulary })
    expect(warnings).toEqual([])
    expect(scenario.phases.map((phase) => phase.name)).toEqual(['quiet', 'rush'])
    writeFileSync(file, alone! + trouble!)
    const troubled = loadScenario(file, { vocabulary })
    expect(troubled.warnings).toEqual([])
    expect(troubled.scenario.faults.map(({ kind }) => kind)).toEqual(['latency', 'crash'])
    expect(troubled.scenario.chaos).toHaveLength(1)
    rmSync(folder, { recursive: true })
  })

  const lines = [...README.matchAll(/npx loadgen ([^`\n]+)/g)].map(([, line]) => line!)

  it.each(lines)('names only commands and options that exist: loadgen %s', async (line) => {
    const [name, ...words] = line.split(/\s+/)
    const entry = commandNamed(name, line.split(' ')[1])
    expect(entry, name).toBeDefined()
    const { options } = await entry!.load()
    const flags = words.filter((word) => word.startsWith('--')).map((word) => word.slice(2))
    for (const flag of flags) expect(Object.keys(options)).toContain(flag)
    const scenario = /--scenario ([a-z-]+)/.exec(line)?.[1]
    if (scenario === undefined) return
    const shipped = shippedScenarios().find((candidate) => candidate.name === scenario)
    expect(shipped, scenario).toBeDefined()
    const phase = /--phase ([a-z-]+)/.exec(line)?.[1]
    if (phase === undefined) return
    const { phases } = loadScenario(shipped!.file, { vocabulary }).scenario
    expect(phases.map(({ name }) => name)).toContain(phase)
  })
})

describe.each(PAGES)('%s', (page) => {
  it('links only to files that exist', () => {
    const text = readFileSync(join(ROOT, page), 'utf8')
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link!)
    expect(links.filter((link) => !existsSync(join(ROOT, page, '..', link)))).toEqual([])
  })
})
