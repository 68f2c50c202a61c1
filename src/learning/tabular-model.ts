/** A trained model: what training hands to the disk, and the disk to serving. */
import type { BinnedEncoder } from './encoders/binned-encoder.ts'
import { Vocabulary } from './encoders/vocabulary.ts'
import { GreedyTable } from './greedy-table.ts'
import type { HyperParameters } from './learners/learner.ts'
import { TabularPolicy } from './tabular-policy.ts'
import type { TrainedValues } from './training.ts'
import type { TrainingMetrics } from './training-metrics.ts'

/** `q_table.json`: by state key and class key, the pairs that the training data shows. */
export type QTable = Readonly<Record<string, Readonly<Record<string, QEntry>>>>

interface QEntry {
  /** In units of the reward. */
  readonly q: number
  /** Times that the training data shows the pair. */
  readonly visits: number
}

/** `model.json`, without the hash of the whole. */
export interface ModelDescription {
  readonly algorithm: string
  readonly hyperParameters: HyperParameters
  readonly seed: number
  /** SHA-256 over `dataset.json` and `experiences.jsonl` of every run, in the order given. */
  readonly dataHash: string
  readonly features: { readonly state: readonly string[]; readonly instance: readonly string[] }
  readonly encoderHash: string
  readonly metrics: TrainingMetrics
}

/** Everything that a model is. */
export interface TabularModelContent {
  readonly description: ModelDescription
  readonly encoder: BinnedEncoder
  /** Class key to index; fitted on the training split. */
  readonly actionMappings: Readonly<Record<string, number>>
  readonly qTable: QTable
}

/** A model ready to serve. */
export class TabularModel {
  readonly content: TabularModelContent
  /** Hash of the content: the version of its policies. */
  readonly version: string
  readonly #vocabulary: Vocabulary
  readonly #table: GreedyTable

  /** @throws LearningError if the table has keys that the encoder cannot make */
  constructor(content: TabularModelContent, version: string) {
    this.content = content
    this.version = version
    const { encoder, actionMappings, qTable } = content
    const classKeys = Object.keys(actionMappings)
    this.#vocabulary = Vocabulary.ofKeys(encoder, Object.keys(qTable), classKeys)
    this.#table = greedyTable(this.#vocabulary, qTable)
  }

  /** A policy for one service. A service that the model was not trained on is served by the fallback rule. */
  createPolicy(service: string): TabularPolicy {
    return new TabularPolicy({
      id: `model(${this.content.description.algorithm})`,
      version: this.version,
      service,
      encoder: this.content.encoder,
      vocabulary: this.#vocabulary,
      table: this.#table,
    })
  }
}

/** The pairs that the data shows, in words and in units of the reward. */
export function qTableOf(vocabulary: Vocabulary, trained: TrainedValues, rewardScale: number): QTable {
  const width = vocabulary.classes + 1
  const table: Record<string, Record<string, QEntry>> = {}
  for (let state = 0; state < vocabulary.states; state++) {
    const row: Record<string, QEntry> = {}
    for (let id = 0; id < vocabulary.classes; id++) {
      const pair = state * width + id
      const visits = trained.visits[pair]!
      if (visits > 0) row[vocabulary.classKeys[id]!] = { q: trained.values[pair]! * rewardScale, visits }
    }
    if (Object.keys(row).length > 0) table[vocabulary.stateKeys[state]!] = row
  }
  return table
}

/** Class key to index. */
export function actionMappingsOf(vocabulary: Vocabulary): Record<string, number> {
  return Object.fromEntries(vocabulary.classKeys.map((key, index) => [key, index]))
}

function greedyTable(vocabulary: Vocabulary, qTable: QTable): GreedyTable {
  const { states, classes, stateKeys, classKeys } = vocabulary
  const width = classes + 1
  const values = new Float64Array((states + 1) * width)
  const visits = new Uint32Array(values.length)
  for (let state = 0; state < states; state++) {
    const row = qTable[stateKeys[state]!]!
    for (let id = 0; id < classes; id++) {
      const entry = row[classKeys[id]!]
      if (entry === undefined) continue
      values[state * width + id] = entry.q
      visits[state * width + id] = entry.visits
    }
  }
  return new GreedyTable(states, classes, values, visits)
}
