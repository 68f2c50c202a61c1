/** A trained model: what training hands to the disk, and the disk to serving. */
import { LearningError } from '../../core/index.ts'
import { type Policy, STRATEGY_NAMES, strategyPolicy } from '../../routing/index.ts'
import type { BinnedEncoder } from '../encoders/binned-encoder.ts'
import { Vocabulary } from '../encoders/vocabulary.ts'
import type { ActionSpace } from '../learners/learner.ts'
import type { Model, ModelDescription } from '../models/model.ts'
import { GreedyTable } from './greedy-table.ts'
import { TabularPolicy } from './tabular-policy.ts'
import { TabularStrategies } from './tabular-strategies.ts'
import type { TrainedValues } from './tabular-training.ts'

export const ENCODER_FILE = 'state_encoder.json'
export const ACTIONS_FILE = 'action_mappings.json'
export const TABLE_FILE = 'q_table.json'

/** `q_table.json`: by state key and class key, the pairs that the training data shows. */
export type QTable = Readonly<Record<string, Readonly<Record<string, QEntry>>>>

interface QEntry {
  /** In units of the reward. */
  readonly q: number
  /** Times that the training data shows the pair. */
  readonly visits: number
}

/** Everything that a tabular model is, besides its description. */
export interface TabularModelContent {
  readonly encoder: BinnedEncoder
  /** Class key to index; fitted on the training split. */
  readonly actionMappings: Readonly<Record<string, number>>
  readonly qTable: QTable
}

/** A model ready to serve. */
export class TabularModel implements Model {
  readonly description: ModelDescription
  readonly content: TabularModelContent
  readonly version: string
  readonly #vocabulary: Vocabulary
  readonly #table: GreedyTable

  /** @throws LearningError if the table has keys that the encoder cannot make */
  constructor(description: ModelDescription, content: TabularModelContent, version: string) {
    this.description = description
    this.content = content
    this.version = version
    const { encoder, actionMappings, qTable } = content
    this.#vocabulary = vocabularyOf(description.actions, encoder, Object.keys(qTable), actionMappings)
    this.#table = greedyTable(this.#vocabulary, qTable, description.actions)
  }

  /** A policy for one service. A service that the model was not trained on is served by the fallback rule. */
  createPolicy(service: string): Policy {
    const { algorithm, actions } = this.description
    const id = `model(${algorithm})`
    const { encoder } = this.content
    if (actions === 'strategy') {
      const chooser = new TabularStrategies(this.version, service, encoder, this.#vocabulary, this.#table)
      return strategyPolicy(id, service, chooser)
    }
    return new TabularPolicy({
      id,
      version: this.version,
      service,
      encoder,
      vocabulary: this.#vocabulary,
      table: this.#table,
    })
  }

  /** The states that the data shows most, each with what is best there and what is worst. */
  inWords(most: number): readonly string[] {
    return Object.entries(this.content.qTable)
      .map(([state, row]) => ({ state, row, visits: visitsOf(row) }))
      .sort((a, b) => b.visits - a.visits || (a.state < b.state ? -1 : 1))
      .slice(0, most)
      .map(({ state, row, visits }) => {
        const byValue = Object.entries(row).sort(([, a], [, b]) => b.q - a.q)
        const text = ([key, { q }]: [string, QEntry]) => `${key} (${q.toPrecision(4)})`
        const others = byValue.length === 1 ? '' : `; worst: ${text(byValue.at(-1)!)}`
        return `${state} [${visits} decisions]  best: ${text(byValue[0]!)}${others}`
      })
  }
}

/** @throws LearningError if the table has keys that the encoder cannot make, or values of other strategies */
function vocabularyOf(
  actions: ActionSpace,
  encoder: BinnedEncoder,
  stateKeys: readonly string[],
  actionMappings: Readonly<Record<string, number>>,
): Vocabulary {
  const classKeys = Object.keys(actionMappings)
  if (actions === 'instance') return Vocabulary.ofKeys(encoder, stateKeys, classKeys)
  const others = classKeys.filter((name) => !STRATEGY_NAMES.includes(name))
  if (others.length > 0) {
    throw new LearningError(
      `the model chooses among other strategies: ${others.join(', ')}: this release has ${STRATEGY_NAMES.join(', ')}; train again`,
    )
  }
  return Vocabulary.ofKeys(encoder, stateKeys, []).withClasses(STRATEGY_NAMES)
}

/**
 * The files of a tabular model, by name.
 *
 * @param unit what values are multiplied with, so that they are in units of the reward
 */
export function tabularFiles(
  encoder: BinnedEncoder,
  vocabulary: Vocabulary,
  trained: TrainedValues,
  unit: number,
): Readonly<Record<string, unknown>> {
  return {
    [ENCODER_FILE]: { ...encoder.description, hash: encoder.hash },
    [ACTIONS_FILE]: actionMappingsOf(vocabulary),
    [TABLE_FILE]: qTableOf(vocabulary, trained, unit),
  }
}

/** The pairs that the data shows, in words and in units of the reward. */
function qTableOf(vocabulary: Vocabulary, trained: TrainedValues, unit: number): QTable {
  const width = vocabulary.classes + 1
  const table: Record<string, Record<string, QEntry>> = {}
  for (let state = 0; state < vocabulary.states; state++) {
    const row: Record<string, QEntry> = {}
    for (let id = 0; id < vocabulary.classes; id++) {
      const pair = state * width + id
      const visits = trained.visits[pair]!
      if (visits > 0) row[vocabulary.classKeys[id]!] = { q: trained.values[pair]! * unit, visits }
    }
    if (Object.keys(row).length > 0) table[vocabulary.stateKeys[state]!] = row
  }
  return table
}

function visitsOf(row: Readonly<Record<string, QEntry>>): number {
  return Object.values(row).reduce((sum, { visits }) => sum + visits, 0)
}

/** Class key to index. */
function actionMappingsOf(vocabulary: Vocabulary): Record<string, number> {
  return Object.fromEntries(vocabulary.classKeys.map((key, index) => [key, index]))
}

function greedyTable(vocabulary: Vocabulary, qTable: QTable, actions: ActionSpace): GreedyTable {
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
  return new GreedyTable(states, classes, values, visits, actions)
}
