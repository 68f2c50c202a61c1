/** Behaviours in files: `<name>.yaml` in the first of several folders that has it. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { didYouMean } from '../core/index.ts'
import { inlineShopperSchema, isFlow, type ShopperFile, shopperFileSchema } from './behavior-schema.ts'
import { checkSchema } from './check-schema.ts'
import { checkConversion } from './conversion.ts'
import { checkFlow } from './flow/flow-rules.ts'
import { flowFileSchema, inlineFlowSchema } from './flow/flow-schema.ts'
import { readData } from './flow/read-data.ts'
import { resolveFlow, tagsOf } from './flow/resolve-flow.ts'
import { Problems } from './problems.ts'
import type { Behavior } from './scenario.ts'
import { SHIPPED_BEHAVIORS_DIRECTORY } from './shipped.ts'
import { type FieldPath, SourceDocument } from './source-document.ts'

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
  const expectedName = path.basename(file, path.extname(file))
  const behavior = readFrom(document, [], expectedName, problems)
  const name = document.at(['name'])
  if (typeof name === 'string' && name !== expectedName) {
    problems.add(document, ['name'], `expected "${expectedName}", the name of the file, got "${name}"`)
  }
  return behavior
}

/** A behaviour that a scenario defines itself. @returns undefined if there were problems */
export function readInlineBehavior(
  document: SourceDocument,
  name: string,
  problems: Problems,
): Behavior | undefined {
  return readFrom(document, ['behaviors', name], name, problems)
}

function readFrom(
  document: SourceDocument,
  base: FieldPath,
  name: string,
  problems: Problems,
): Behavior | undefined {
  const isFile = base.length === 0
  if (isFlow(document.keysAt(base))) {
    const flow = checkSchema(document, base, isFile ? flowFileSchema : inlineFlowSchema, problems)
    const data = flow?.data && readData(document, [...base, 'data'], flow.data, problems)
    checkFlow(document, base, data?.columns, problems)
    return flow && resolveFlow(name, flow, data)
  }
  const shopper = checkSchema(document, base, isFile ? shopperFileSchema : inlineShopperSchema, problems)
  checkConversion(document, base, problems)
  return shopper && resolveShopper(name, shopper)
}

function resolveShopper(name: string, { tags, ...shopper }: ShopperFile): Behavior {
  return { ...shopper, kind: 'shopper', name, ...tagsOf(tags) }
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
