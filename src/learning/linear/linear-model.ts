/** A linear scorer as a model: weights per service, and shared ones for services that it has not met. */
import { join } from 'node:path'
import { LearningError } from '../../core/index.ts'
import type { Model, ModelContent, ModelDescription, ModelKind } from '../models/model.ts'
import { LINEAR_FEATURES } from './linear-features.ts'
import { LinearPolicy } from './linear-policy.ts'
import type { LinearWeights } from './linear-weights.ts'

const WEIGHTS_FILE = 'weights.json'
const WEIGHTS_VERSION = 1

export interface LinearContent {
  readonly shared: LinearWeights
  readonly services: Readonly<Record<string, LinearWeights>>
}

/** `weights.json` */
interface WeightsFile extends LinearContent {
  readonly version: number
  /** In the order of the scorer's columns. */
  readonly features: readonly string[]
}

export const linearKind: ModelKind = {
  name: 'linear',
  summary: 'a weight per feature of an instance: the lowest weighted sum is chosen',
  files: [WEIGHTS_FILE],
  load: (directory, files, description, version) => {
    const weights = files[WEIGHTS_FILE] as WeightsFile
    check(join(directory, WEIGHTS_FILE), weights)
    return new LinearModel(description, weights, version)
  },
}

export function linearContent({ shared, services }: LinearContent): ModelContent {
  const features = LINEAR_FEATURES.map(({ name }) => name)
  const weights: WeightsFile = { version: WEIGHTS_VERSION, features, shared, services }
  return { kind: linearKind.name, files: { [WEIGHTS_FILE]: weights } }
}

class LinearModel implements Model {
  readonly description: ModelDescription
  readonly version: string
  readonly #content: LinearContent

  constructor(description: ModelDescription, content: LinearContent, version: string) {
    this.description = description
    this.version = version
    this.#content = content
  }

  createPolicy(service: string): LinearPolicy {
    const { services, shared } = this.#content
    const own = Object.hasOwn(services, service) ? services[service]! : shared
    return new LinearPolicy(`model(${this.description.algorithm})`, this.version, own)
  }

  /** The weights above 0 of every service, then those for services that it has not met. */
  inWords(most: number): readonly string[] {
    const { services, shared } = this.#content
    const line = (whose: string, weights: LinearWeights) => {
      const named = LINEAR_FEATURES.filter(({ name }) => weights[name] !== 0).map(
        ({ name }) => `${weights[name]} ${name}`,
      )
      return `${whose}: cost = ${named.join(' + ') || '0'}`
    }
    const own = Object.entries(services).map(([service, weights]) => line(service, weights))
    return [...own, line('any other service', shared)].slice(0, most)
  }
}

/** @throws LearningError that names what is different */
function check(file: string, { version, features, shared, services }: WeightsFile): void {
  if (version !== WEIGHTS_VERSION) {
    throw new LearningError(`${file}: expected version ${WEIGHTS_VERSION}, got ${version}: train again`)
  }
  const expected = LINEAR_FEATURES.map(({ name }) => name)
  const place = Math.max(
    expected.findIndex((name, f) => name !== features[f]),
    features.findIndex((name, f) => name !== expected[f]),
  )
  if (place >= 0) {
    throw new LearningError(
      `${file}: the model scores by other features: expected ${expected[place] ?? 'no more'} at place ${place}, ` +
        `got ${features[place] ?? 'none'}: train again`,
    )
  }
  for (const [whose, weights] of [['shared', shared] as const, ...Object.entries(services)]) {
    for (const name of expected) {
      if (Number.isFinite(weights[name])) continue
      throw new LearningError(
        `${file}: ${whose}: ${name}: expected a number, got ${weights[name]}: train again`,
      )
    }
  }
}
