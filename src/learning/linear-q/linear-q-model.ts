/** A linear Q function: what training hands to the disk, and the disk to serving. */
import { join } from 'node:path'
import { LearningError } from '../../core/index.ts'
import { type Policy, STRATEGY_NAMES, strategyPolicy } from '../../routing/index.ts'
import { FeatureRows } from '../encoders/feature-rows.ts'
import type { Model, ModelDescription, ModelKind } from '../models/model.ts'
import type { Basis, BasisShape } from './basis.ts'
import { basisOf } from './decision-phi.ts'
import { LinearQPolicy } from './linear-q-policy.ts'
import { LinearQStrategies } from './linear-q-strategies.ts'

export const ROWS_FILE = 'feature_rows.json'
export const WEIGHTS_FILE = 'weights.json'
const WEIGHTS_VERSION = 1

export interface LinearQContent {
  readonly rows: FeatureRows
  readonly basis: Basis
  readonly shape: BasisShape
  /** Shape [basis.size], in units of the reward. */
  readonly weights: Float64Array
  /** Shape [strategies]: how often the training data has each; empty where instances are chosen. */
  readonly tried: Uint32Array
}

/** `weights.json`. */
interface WeightsFile {
  readonly version: number
  readonly shape: BasisShape
  /** By name of the entry; those that are 0 are left out. */
  readonly weights: Readonly<Record<string, number>>
  /** By name of the strategy. */
  readonly tried: Readonly<Record<string, number>>
}

export const linearQKind: ModelKind = {
  name: 'linear-q',
  summary: 'weights of features and of their products, shared by all instances',
  files: [ROWS_FILE, WEIGHTS_FILE],
  load: (directory, files, description, version) => {
    const rows = FeatureRows.parse(join(directory, ROWS_FILE), files[ROWS_FILE])
    const { shape, weights, tried, ...rest } = files[WEIGHTS_FILE] as WeightsFile
    const file = join(directory, WEIGHTS_FILE)
    if (rest.version !== WEIGHTS_VERSION) {
      throw new LearningError(
        `${file}: expected weights of version ${WEIGHTS_VERSION}, got ${rest.version}: train again`,
      )
    }
    const basis = basisOf(rows, description.actions, shape)
    return new LinearQModel(
      description,
      {
        rows,
        basis,
        shape,
        weights: byName(file, basis.names, weights),
        tried:
          description.actions === 'instance'
            ? new Uint32Array(0)
            : Uint32Array.from(byName(file, STRATEGY_NAMES, tried)),
      },
      version,
    )
  },
}

/** The files of a model, by name. */
export function linearQFiles({ rows, basis, shape, weights, tried }: LinearQContent) {
  const named = (names: readonly string[], values: ArrayLike<number>) =>
    Object.fromEntries(names.flatMap((name, i) => (values[i] ? [[name, values[i]]] : [])))
  const file: WeightsFile = {
    version: WEIGHTS_VERSION,
    shape,
    weights: named(basis.names, weights),
    tried: named(STRATEGY_NAMES, tried),
  }
  return { [ROWS_FILE]: rows.toJSON(), [WEIGHTS_FILE]: file }
}

export class LinearQModel implements Model {
  readonly description: ModelDescription
  readonly content: LinearQContent
  readonly version: string

  constructor(description: ModelDescription, content: LinearQContent, version: string) {
    this.description = description
    this.content = content
    this.version = version
  }

  /** A policy for one service. One that the model was not trained on is served by the weights that all share. */
  createPolicy(service: string): Policy {
    const { algorithm, actions } = this.description
    const id = `model(${algorithm})`
    if (actions === 'instance') return new LinearQPolicy(id, this.version, service, this.content)
    return strategyPolicy(id, service, new LinearQStrategies(this.version, service, this.content))
  }

  /** The greatest weights that decide: what one deviation more of a feature changes the value by. */
  inWords(most: number): readonly string[] {
    const { basis, weights } = this.content
    return basis.names
      .map((name, i) => ({ name, weight: basis.isOfStateAlone(i) ? 0 : weights[i]! }))
      .filter(({ weight }) => weight !== 0)
      .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
      .slice(0, most)
      .map(({ name, weight }) => `${weight < 0 ? '-' : '+'}${Math.abs(weight).toPrecision(3)}  ${name}`)
  }
}

/** @throws LearningError for a name that is not among `names` */
function byName(
  file: string,
  names: readonly string[],
  values: Readonly<Record<string, number>>,
): Float64Array {
  const known = new Set(names)
  for (const name of Object.keys(values)) {
    if (known.has(name)) continue
    throw new LearningError(`${file}: "${name}" is nothing that this release can weigh: train again`)
  }
  return Float64Array.from(names, (name) => values[name] ?? 0)
}
