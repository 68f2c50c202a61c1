/** The scenarios and behaviours that come with the package, in `scenarios/` and `behaviors/` at its root. */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { text } from './fields.ts'
import { SourceDocument } from './source-document.ts'

/** `src/scenario` and `dist/scenario` are equally deep. */
const PACKAGE_DIRECTORY = fileURLToPath(new URL('../..', import.meta.url))
const SHIPPED_SCENARIOS_DIRECTORY = path.join(PACKAGE_DIRECTORY, 'scenarios')
export const SHIPPED_BEHAVIORS_DIRECTORY = path.join(PACKAGE_DIRECTORY, 'behaviors')

export interface ShippedFile {
  readonly name: string
  readonly description: string
  readonly file: string
}

export function shippedScenarios(): ShippedFile[] {
  return filesIn(SHIPPED_SCENARIOS_DIRECTORY)
}

export function shippedBehaviors(): ShippedFile[] {
  return filesIn(SHIPPED_BEHAVIORS_DIRECTORY)
}

const heading = z.object({ name: text, description: text })

function filesIn(directory: string): ShippedFile[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.yaml'))
  return names.toSorted().map((name) => {
    const file = path.join(directory, name)
    return { ...heading.parse(SourceDocument.read(file).value), file }
  })
}
