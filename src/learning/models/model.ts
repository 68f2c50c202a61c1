/** A trained model, between the learner that made it, the disk, and the balancer that it serves. */
import type { Listed } from '../../core/index.ts'
import type { Policy } from '../../routing/index.ts'
import type { HyperParameters } from '../learners/hyper-parameter.ts'
import type { ActionSpace } from '../learners/learner.ts'
import type { TrainingMetrics } from '../training-metrics.ts'

/** What a learner has learned: plain JSON, by file name. */
export interface ModelContent {
  /** Name of the kind that can load it. */
  readonly kind: string
  readonly files: Readonly<Record<string, unknown>>
}

/** `model.json`, without format and hash. */
export interface ModelDescription {
  readonly kind: string
  readonly algorithm: string
  readonly actions: ActionSpace
  readonly hyperParameters: HyperParameters
  readonly seed: number
  /** SHA-256 over `dataset.json` and `experiences.jsonl` of every run, in the order given. */
  readonly dataHash: string
  readonly features: { readonly state: readonly string[]; readonly instance: readonly string[] }
  readonly metrics: TrainingMetrics
}

/** A model ready to serve. */
export interface Model {
  readonly description: ModelDescription
  /** Hash of all that it is: the version of its policies. */
  readonly version: string
  /** A policy for one service; each service has its own, since policies have state. */
  createPolicy(service: string): Policy
  /** What it has learned, in words for a person: at most so many lines, the most telling first. */
  inWords(most: number): readonly string[]
}

/** One way for a model to be; one file and one line in the list each. */
export interface ModelKind extends Listed {
  /** Names of its files. */
  readonly files: readonly string[]
  /**
   * @param directory for messages
   * @param files parsed, by name; their hash has been checked
   * @throws LearningError if they are of another version or were made for other features
   */
  load(
    directory: string,
    files: Readonly<Record<string, unknown>>,
    description: ModelDescription,
    version: string,
  ): Model
}
