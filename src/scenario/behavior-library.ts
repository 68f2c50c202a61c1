/** Behaviours in files: `<name>.yaml` in the first of several folders that has it. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { didYouMean } from '../core/index.ts'
import { behaviorFileSchema } from './behavior-schema.ts'
import { checkSchema } from './check-schema.ts'
import { checkConversion } from './conversion.ts'
import { Problems } from './problems.ts'
import type { Behavior } from './scenario.ts'
import { SHIPPED_BEHAVIORS_DIRECTORY } from './shipped.ts'
import { SourceDocument } from './source-document.ts'

/** @throws ConfigError with all problems of the file */
export function loadBehavior(file: string): Behavior {
  const problems = new Problems()
  const behavior = readBehavior(file, problems)
  problems.throwIfAny()
  return behavior!
}

/** @returns undefined if there were problems */
export function readBehavior(file: string, problems: Problems): Behavior | undefined {
  const document = SourceDocument.read(file)
  const behavior = checkSchema(document, [], behaviorFileSchema, problems)
  checkConversion(document, [], problems)
  const expectedName = path.basename(file, path.extname(file))
  const name = document.at(['name'])
  if (typeof name === 'string' && name !== expectedName) {
    problems.add(document, ['name'], `expected "${expectedName}", the name of the file, got "${name}"`)
  }
  return behavior
}

export class BehaviorLibrary {
  readonly #directories: readonly string[]

  constructor(directories: readonly string[]) {
    this.#directories = directories
  }

  /** The folder `behaviors/` beside the scenario, then the one beside its folder, then the shipped one. */
  static besides(scenarioFile: string): BehaviorLibrary {
    const folder = path.dirname(scenarioFile)
    return new BehaviorLibrary([
      path.join(folder, 'behaviors'),
      path.join(folder, '..', 'behaviors'),
      SHIPPED_BEHAVIORS_DIRECTORY,
    ])
  }

  /** The file of a behaviour, or undefined if no folder has it. */
  find(name: string): string | undefined {
    if (/[\\/]/.test(name)) return undefined
    return this.#directories
      .map((directory) => path.join(directory, `${name}.yaml`))
      .find((file) => existsSync(file))
  }

  /** What to tell a user who named a behaviour that is neither here nor among `others`. */
  unknownText(name: string, others: readonly string[]): string {
    const known = [...new Set([...others, ...this.#names()])]
    return `unknown behaviour${didYouMean(name, known) || `: use one of ${known.join(', ')}`}`
  }

  #names(): string[] {
    const existing = this.#directories.filter((directory) => existsSync(directory))
    const files = existing.flatMap((directory) => readdirSync(directory))
    return files.filter((file) => file.endsWith('.yaml')).map((file) => path.basename(file, '.yaml'))
  }
}
