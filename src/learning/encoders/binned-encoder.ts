/**
 * The encoder of the tabular learners: a state is a service and the bins of its state features; the class of a
 * candidate is the bins of its instance features. Weights are shared by all instances of a class, so a model
 * trained on two instances serves ten, whatever they are called.
 *
 * A code is the mixed-radix number of the bins; `Vocabulary` turns the codes that occur into dense ids.
 */
import { contentHash, LearningError } from '../../core/index.ts'
import { CONTEXT_FEATURES, INSTANCE_FEATURES } from '../../routing/index.ts'
import { binCount, binOf, comparable } from './bins.ts'
import { type CandidateSource, FeatureReader, type StateSource } from './feature-reader.ts'

export const ENCODER_VERSION = 1
const MOST_CODES = 1 << 20

/** A feature with its edges, as saved. */
export type BinnedStateFeature = StateSource & { readonly name: string; readonly edges: readonly number[] }
export type BinnedCandidateFeature = CandidateSource & {
  readonly name: string
  readonly edges: readonly number[]
}

/** All that there is to know of an encoder: plain JSON. */
export interface EncoderDescription {
  readonly version: number
  /** Services of the training data, sorted. */
  readonly services: readonly string[]
  readonly state: readonly BinnedStateFeature[]
  readonly instance: readonly BinnedCandidateFeature[]
  /** The observation that the sources index into. */
  readonly contextFeatures: readonly string[]
  readonly instanceFeatures: readonly string[]
}

export class BinnedEncoder {
  readonly description: EncoderDescription
  /** SHA-256 of the description. */
  readonly hash: string
  /** How many state codes and class codes there are. */
  readonly stateCodes: number
  readonly classCodes: number
  readonly #stateEdges: readonly Float32Array[]
  readonly #classEdges: readonly Float32Array[]

  /** @throws LearningError if the features make more classes than a table can hold */
  constructor(description: EncoderDescription) {
    this.description = description
    this.hash = contentHash(description)
    this.#stateEdges = description.state.map((feature) => comparable(feature.edges))
    this.#classEdges = description.instance.map((feature) => comparable(feature.edges))
    this.stateCodes = this.#stateEdges.reduce((n, e) => n * binCount(e), description.services.length)
    this.classCodes = this.#classEdges.reduce((n, e) => n * binCount(e), 1)
    if (Math.max(this.stateCodes, this.classCodes) > MOST_CODES) {
      throw new LearningError(
        `the encoder tells ${this.stateCodes} states and ${this.classCodes} classes apart, ` +
          `more than ${MOST_CODES}: choose fewer features`,
      )
    }
  }

  /** A reader of this encoder's features, with buffers of its own. */
  createReader(): FeatureReader {
    return new FeatureReader(this.description.state, this.description.instance)
  }

  /** Index of a service, or -1 if the training data had none of that name. */
  serviceIndex(service: string): number {
    return this.description.services.indexOf(service)
  }

  /** @param values state features, from `offset` on, as a FeatureReader gives them */
  stateCode(service: number, values: Float32Array, offset: number): number {
    return codeOf(service, values, offset, this.#stateEdges)
  }

  /** @param values instance features of one candidate, from `offset` on, as a FeatureReader gives them */
  classCode(values: Float32Array, offset: number): number {
    return codeOf(0, values, offset, this.#classEdges)
  }

  /** The code in words, e.g. `cart-service load=2`. */
  stateKey(code: number): string {
    const { service, bins } = binsInWords(code, this.description.state)
    return [this.description.services[service]!, ...bins].join(' ')
  }

  /** The code in words, e.g. `inFlight=0 relativeLatency=missing errorRate=0`. */
  classKey(code: number): string {
    return binsInWords(code, this.description.instance).bins.join(' ')
  }
}

/** The description of an encoder for today's observations. */
export function describeEncoder(
  services: readonly string[],
  state: readonly BinnedStateFeature[],
  instance: readonly BinnedCandidateFeature[],
): EncoderDescription {
  return {
    version: ENCODER_VERSION,
    services,
    state,
    instance,
    contextFeatures: CONTEXT_FEATURES,
    instanceFeatures: INSTANCE_FEATURES,
  }
}

function codeOf(
  leading: number,
  values: Float32Array,
  offset: number,
  edges: readonly Float32Array[],
): number {
  let code = leading
  for (let f = 0; f < edges.length; f++) {
    code = code * binCount(edges[f]!) + binOf(values[offset + f]!, edges[f]!)
  }
  return code
}

function binsInWords(
  code: number,
  features: readonly { readonly name: string; readonly edges: readonly number[] }[],
) {
  const bins: string[] = []
  let rest = code
  for (const { name, edges } of features.toReversed()) {
    const bin = rest % binCount(edges)
    rest = Math.floor(rest / binCount(edges))
    bins.unshift(`${name}=${bin > edges.length ? 'missing' : bin}`)
  }
  return { service: rest, bins }
}
