/** A trained network between the disk and serving. */
import { join } from 'node:path'
import { LearningError } from '../../core/index.ts'
import { type Policy, STRATEGIES, strategyPolicy } from '../../routing/index.ts'
import { FeatureRows } from '../encoders/feature-rows.ts'
import type { Model, ModelDescription, ModelKind } from '../models/model.ts'
import { NETWORK_FILE, NETWORK_KIND, type NetworkContent, parseNetwork, ROWS_FILE } from './network-files.ts'
import { NetworkPolicy } from './network-policy.ts'
import { NetworkScorer } from './network-scorer.ts'
import { NetworkStrategies } from './network-strategies.ts'

export const networkKind: ModelKind = {
  name: NETWORK_KIND,
  summary: 'a small network of action values, with weights shared by all instances',
  files: [ROWS_FILE, NETWORK_FILE],
  load: (directory, files, description, version) => {
    const features = FeatureRows.parse(join(directory, ROWS_FILE), files[ROWS_FILE])
    const among = description.actions === 'strategy'
    const inputs = among ? features.stateWidth : features.width
    const file = join(directory, NETWORK_FILE)
    const content = parseNetwork(file, files[NETWORK_FILE], inputs)
    const actions = among ? STRATEGIES.length : 1
    if (content.head.actionsPerRow !== actions) {
      throw new LearningError(
        `${file}: expected values of ${actions} actions per row, got ${content.head.actionsPerRow}: train again`,
      )
    }
    return new NetworkModel(description, version, features, content)
  },
}

export class NetworkModel implements Model {
  readonly description: ModelDescription
  readonly version: string
  readonly features: FeatureRows
  readonly content: NetworkContent
  readonly #scorer: NetworkScorer

  constructor(
    description: ModelDescription,
    version: string,
    features: FeatureRows,
    content: NetworkContent,
  ) {
    this.description = description
    this.version = version
    this.features = features
    this.content = content
    this.#scorer = new NetworkScorer(content)
  }

  /** A policy for one service. One that the model was not trained on is served by the weights that all share. */
  createPolicy(service: string): Policy {
    const { algorithm, actions } = this.description
    const id = `model(${algorithm})`
    const { version, features } = this
    if (actions === 'instance') return new NetworkPolicy(id, version, service, features, this.#scorer)
    return strategyPolicy(id, service, new NetworkStrategies(version, service, features, this.#scorer))
  }

  /** Its layers; weights of a network tell a person nothing. */
  inWords(most: number): readonly string[] {
    const { values, imitation } = this.content
    const layers = (name: string, all: NetworkContent['values']) =>
      `${name}: ${all.map(({ inputs, outputs }) => `${inputs} to ${outputs}`).join(', ')}`
    const lines = [layers('values', values)]
    if (imitation !== undefined) lines.push(layers('imitation of the logger', imitation.layers))
    return lines.slice(0, most)
  }
}
