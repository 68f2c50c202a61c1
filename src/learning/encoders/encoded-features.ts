/**
 * The features that a tabular model can tell apart: where each comes from, how it is derived, how it is binned.
 *
 * State features describe the service as a whole; instance features describe one candidate, never by its name, so
 * that a model serves instances it has not met. Adding a feature is one entry in a list.
 */
import { type Listed, Registry } from '../../core/index.ts'
import type { ContextFeature, InstanceFeature } from '../../routing/index.ts'

/** Bin i holds the values up to and including edge i, the last bin those above; a missing value has its own. */
export type Binning =
  /** Edges given, in rising order. */
  | { readonly edges: readonly number[] }
  /** Edges fitted: quantiles of the training data that cut it into this many bins. */
  | { readonly quantiles: number }

export interface StateFeature extends Listed {
  readonly source: ContextFeature
  /** `per-eligible`: divided by the number of instances that may be chosen. */
  readonly derivation: 'value' | 'per-eligible'
  readonly binning: Binning
}

export interface CandidateFeature extends Listed {
  readonly source: InstanceFeature
  /** `relative`: divided by the mean over the candidates of the decision that have a value. */
  readonly derivation: 'value' | 'relative'
  readonly binning: Binning
}

export const stateFeatures = new Registry<StateFeature>('state feature', [
  {
    name: 'load',
    summary: 'requests in flight to the service, per eligible instance',
    source: 'inFlight',
    derivation: 'per-eligible',
    binning: { quantiles: 6 },
  },
  {
    name: 'demand',
    summary: 'decisions for the service per second, per eligible instance',
    source: 'decisionsPerSecond',
    derivation: 'per-eligible',
    binning: { quantiles: 4 },
  },
])

export const candidateFeatures = new Registry<CandidateFeature>('instance feature', [
  {
    name: 'inFlight',
    summary: 'requests in flight to the instance',
    source: 'inFlight',
    derivation: 'value',
    binning: { edges: [0, 1, 2, 3, 5, 8] },
  },
  {
    name: 'relativeLatency',
    summary: 'mean latency of the last 60 s, relative to the mean of the candidates',
    source: 'responseTimeMs',
    derivation: 'relative',
    binning: { quantiles: 5 },
  },
  {
    name: 'errorRate',
    summary: 'share of failures in the last 60 s',
    source: 'errorRate',
    derivation: 'value',
    binning: { edges: [0, 0.05, 0.25] },
  },
  {
    name: 'queueDepth',
    summary: 'jobs waiting at the instance, as it last reported',
    source: 'queueDepth',
    derivation: 'value',
    binning: { edges: [0, 1, 3, 7] },
  },
  {
    name: 'cpu',
    summary: 'share of busy workers, as last reported',
    source: 'cpu',
    derivation: 'value',
    binning: { edges: [0.25, 0.5, 0.75, 0.9] },
  },
])

/** Names of the features that a model tells apart, by default. */
export interface FeatureChoice {
  readonly state: readonly string[]
  readonly instance: readonly string[]
}

export const DEFAULT_FEATURES: FeatureChoice = {
  state: ['load'],
  instance: ['inFlight', 'relativeLatency', 'errorRate'],
}
