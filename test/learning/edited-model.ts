/** Models on disk with something changed in them: by an accident, or by another release. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentHash } from '../../src/core/index.ts'

type Content = Record<string, unknown>

export function editModel(directory: string, name: string, change: (value: Content) => void): void {
  const value = read(directory, name)
  change(value)
  writeFileSync(join(directory, name), JSON.stringify(value))
}

/** Makes the hash right again, as in a model that another release has written. */
export function sealModel(directory: string): void {
  const { format, formatVersion, contentHash: _, ...description } = read(directory, 'model.json')
  const names = readdirSync(directory).filter((name) => name !== 'model.json')
  const files = Object.fromEntries(names.map((name) => [name, read(directory, name)]))
  const model = { format, formatVersion, contentHash: contentHash({ description, files }), ...description }
  writeFileSync(join(directory, 'model.json'), JSON.stringify(model))
}

function read(directory: string, name: string): Content {
  return JSON.parse(readFileSync(join(directory, name), 'utf8'))
}
