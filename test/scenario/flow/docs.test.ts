/** docs/flows.md says what the schemas say, and its examples are scenarios. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { inlineFlowSchema, requestSchema } from '../../../src/scenario/flow/flow-schema.ts'
import { DATA_ORDERS, loadScenario, parseThresholdMetric } from '../../../src/scenario/index.ts'
import { fileOf, vocabulary } from '../scenario-files.ts'

const page = readFileSync(path.join(import.meta.dirname, '../../../docs/flows.md'), 'utf8')

/** The rows of the table under a heading, each as its cells. */
function tableUnder(heading: string): string[][] {
  const section = page.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!
  const rows = section.split('\n').filter((line) => line.startsWith('| `') || line.startsWith('| order'))
  return rows.map((row) => row.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')))
}

function fieldsOf(schema: z.ZodObject): string[][] {
  return Object.entries(schema.shape).map(([name, field]) => [`\`${name}\``, field.description!])
}

describe('docs/flows.md', () => {
  it('has a row for every field', () => {
    expect(tableUnder('A flow').toSorted()).toEqual(fieldsOf(inlineFlowSchema).toSorted())
    expect(tableUnder('A request')).toEqual(fieldsOf(requestSchema))
  })

  it('has a row for every order of data', () => {
    expect(
      tableUnder('Data')
        .slice(1)
        .map(([order]) => order),
    ).toEqual(DATA_ORDERS.map((order) => `\`${order}\``))
  })

  it('names metrics that are some', () => {
    const named = tableUnder('Thresholds').flatMap(([metrics]) => metrics!.split(', '))
    expect(named.length).toBeGreaterThan(15)
    for (const metric of named) expect(parseThresholdMetric(metric.replaceAll('`', '')), metric).toBeDefined()
  })

  const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml]) => yaml!)
  it.each(examples.map((yaml) => [/^name: (.*)/.exec(yaml)![1]!, yaml]))('%s can be read', (name, yaml) => {
    const { scenario, warnings } = loadScenario(fileOf(yaml), { vocabulary })
    expect(scenario.name).toBe(name)
    expect(warnings).toEqual([])
  })
})
