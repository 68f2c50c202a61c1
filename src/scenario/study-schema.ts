/** The fields of `study`, declared once: how data is collected, learned from, judged, and compared (`loadgen study`). */
import { z } from 'zod'
import { didYouMean } from '../core/index.ts'
import { text } from './fields.ts'
import type { Problems } from './problems.ts'
import type { FieldPath, SourceDocument } from './source-document.ts'
import type { Vocabulary } from './vocabulary.ts'

/** More seeds than this would run into those that are kept apart for another use. */
export const MOST_SEEDS = 10_000

const SEEDS = `count from 1 to ${MOST_SEEDS}, or list of seeds`
const seeds = z.union([z.int().min(1).max(MOST_SEEDS), z.array(z.int().min(0)).min(1)]).meta({ title: SEEDS })
const loads = z.array(z.number().positive()).min(1)

const collectSchema = z.strictObject({
  policy: text
    .exactOptional()
    .describe("Policy that makes the data; by default the scenario's own, or one that explores enough."),
  seeds: seeds.default(1).describe('Seeds that are run for training, each at every load.'),
  loads: loads.default([0.75, 0.9, 1.1]).describe('Factors of the users, or of the sessions per second.'),
})

const trainSchema = z.strictObject({
  algorithm: text.describe('Learner, see `loadgen list algorithms`.'),
  hyperParameters: z
    .record(text, z.number())
    .default({})
    .describe('Those that differ from the defaults of the learner.'),
  actions: z.enum(['instance', 'strategy']).default('instance').describe('What the model chooses.'),
  features: z
    .strictObject({
      state: z.array(text).exactOptional().describe('Features of the state.'),
      instance: z.array(text).exactOptional().describe('Features of an instance.'),
    })
    .exactOptional()
    .describe('What it looks at, if not what the learner looks at by itself.'),
})

const evaluateSchema = z.strictObject({
  estimators: z
    .array(text)
    .min(1)
    .exactOptional()
    .describe('Off-policy estimators; all that differ by default.'),
  horizon: z.int().min(1).max(10).default(1).describe('Decisions of a trajectory; 1 judges each by itself.'),
  seeds: seeds.default(1).describe('Seeds that are run for the estimates alone; nothing is trained on them.'),
})

const compareSchema = z.strictObject({
  policies: z
    .array(text)
    .min(1)
    .exactOptional()
    .describe('Opponents; "all" stands for all that make sense. By default those of evaluation.policies.'),
  seeds: seeds.default(20).describe('Seeds that all policies are judged by; used for nothing else.'),
  loads: loads.default([1]).describe('Loads at which they are judged; the estimates are of the first.'),
  reference: text
    .exactOptional()
    .describe('The opponent that ratios are to; by default the best of those that are not learned.'),
})

export const studySchema = z.strictObject({
  collect: collectSchema.prefault({}).describe('The runs whose decisions are recorded.'),
  train: z
    .array(trainSchema)
    .min(1)
    .exactOptional()
    .describe('What is trained; the first is the one on trial.'),
  evaluate: evaluateSchema.prefault({}).describe('What the records say about the models beforehand.'),
  compare: compareSchema.prefault({}).describe('The replays that show whether they are better.'),
})
export type StudySettings = z.infer<typeof studySchema>

/** What a scenario without a `study` gets. */
export const DEFAULT_STUDY: StudySettings = studySchema.parse({}, { jitless: true })

/** Names in it are looked up; what only its learner or estimator can say is checked before a study begins. */
export function checkStudy(document: SourceDocument, vocabulary: Vocabulary, problems: Problems): void {
  const policies: FieldPath[] = [
    ['study', 'collect', 'policy'],
    ['study', 'compare', 'reference'],
    ...document.itemsAt(['study', 'compare', 'policies']),
  ]
  for (const path of policies) {
    const policy = document.at(path)
    if (typeof policy !== 'string' || policy === 'all') continue
    const complaint = vocabulary.checkPolicy(policy)
    if (complaint !== undefined) problems.add(document, path, complaint)
  }
  for (const item of document.itemsAt(['study', 'train'])) {
    const path = [...item, 'algorithm']
    const algorithm = document.at(path)
    const { algorithms } = vocabulary
    if (typeof algorithm !== 'string' || algorithms.includes(algorithm)) continue
    const hint = didYouMean(algorithm, algorithms)
    problems.add(document, path, `expected one of ${algorithms.join(', ')}, got "${algorithm}"${hint}`)
  }
}
