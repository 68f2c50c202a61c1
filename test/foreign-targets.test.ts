/** docs/foreign-targets.md says what the doctor says, and every `capture` in it is one. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadScenario } from '../src/scenario/index.ts'
import { ADVICE, vocabulary } from '../src/study/index.ts'
import { fileOf, MINIMAL } from './scenario/scenario-files.ts'

const DOCS = join(import.meta.dirname, '../docs')
const page = readFileSync(join(DOCS, 'foreign-targets.md'), 'utf8')
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)\n```$/gm)].map(([, language, text]) => ({
  language,
  text,
}))

describe.each(Object.values(ADVICE))('$title', ({ title, why, snippets }) => {
  const section = page.split(`## How to have ${title}\n`)[1]?.split('\n## ')[0]

  it('has its section, with what it is good for', () => {
    expect(section).toContain(why)
  })

  it('has every snippet as the doctor prints it', () => {
    for (const { balancer, language, text } of snippets) {
      expect(section!.toLowerCase()).toContain(`${balancer.toLowerCase()}:\n\n`)
      expect(section).toContain(`\`\`\`${language}\n${text}\n\`\`\``)
    }
  })
})

it('shows only sections that a scenario can have', () => {
  const captures = blocks.filter(({ text }) => text!.startsWith('capture:')).map(({ text }) => text!)
  expect(captures.length).toBeGreaterThan(3)
  for (const capture of captures) {
    const { scenario } = loadScenario(fileOf(`${MINIMAL}${capture}\n`), { vocabulary })
    expect(scenario.capture).toBeDefined()
  }
})

it('links only to files that exist', () => {
  const links = [...page.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link]) => link!)
  expect(links.filter((link) => !existsSync(join(DOCS, link)))).toEqual([])
})
