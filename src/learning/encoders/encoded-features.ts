/**
 * The features that a model can tell apart: where each comes from, how it is derived, how tables bin it.
 *
 * State features describe the service as a whole; instance features describe one candidate, never by its name, so
 * that a model serves instances it has not met. Adding a feature is one entry in a list.
 */
import { type Listed, Registry } from '../../core/index.ts'
import type { CandidateSource } from './candidate-derivations.ts'
import { CANDIDATE_FEATURES } from './candidate-features.ts'
import type { StateSource } from './state-derivations.ts'

/** Bin i holds the values up to and including edge i, the last bin those above; a missing value has its own. */
export type Binning =
  /** Edges given, in rising order. */
  | { readonly edges: readonly number[] }
  /** Edges fitted: quantiles of the training data that cut it into this many bins. */
  | { readonly quantiles: number }

interface Binned extends Listed {
  readonly binning: Binning
}

export type StateFeature = Binned & StateSource
export type CandidateFeature = Binned & CandidateSource

const QUARTILES: Binning = { quantiles: 4 }
/** Of failures. */
const SHARES: Binning = { edges: [0, 0.05, 0.25] }

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
    binning: QUARTILES,
  },
  {
    name: 'dearness',
    summary: 'expected work of the request, in units of the mean of all requests of late',
    source: 'workMs',
    derivation: 'per-mean-work',
    binning: { edges: [0.5, 1, 2] },
  },
  {
    name: 'cheaperWorkShare',
    summary: "share of the service's work that comes from cheaper routes",
    source: 'cheaperWorkShare',
    derivation: 'value',
    binning: { edges: [0.25, 0.5, 0.75] },
  },
  {
    name: 'ownWorkShare',
    summary: "share of the service's work that comes from this route",
    source: 'ownWorkShare',
    derivation: 'value',
    binning: { edges: [0.25, 0.5, 0.75] },
  },
  {
    name: 'eligible',
    summary: 'instances that may be chosen',
    source: 'eligible',
    derivation: 'value',
    binning: { edges: [1, 2, 4, 8, 16] },
  },
  {
    name: 'imbalance',
    summary: 'how far the greatest number of requests in flight lies above the mean',
    source: 'inFlight',
    derivation: 'imbalance',
    binning: { edges: [0, 0.5, 1] },
  },
  {
    name: 'worstErrorRate',
    summary: 'greatest share of failures of late among the candidates',
    source: 'recentErrorRate',
    derivation: 'greatest',
    binning: SHARES,
  },
  {
    name: 'meanErrorRate',
    summary: 'mean share of failures of late of the candidates',
    source: 'recentErrorRate',
    derivation: 'mean',
    binning: SHARES,
  },
  {
    name: 'worstSlowness',
    summary: 'slowness of the slowest candidate, in units of their mean',
    source: 'slowness',
    derivation: 'greatest-relative',
    binning: { edges: [1.1, 1.5, 2.5] },
  },
  {
    name: 'meanLatencyMs',
    summary: 'mean over the candidates of their mean latency of the last 60 s',
    source: 'responseTimeMs',
    derivation: 'mean',
    binning: QUARTILES,
  },
  {
    name: 'meanCpu',
    summary: 'mean share of busy workers, as last reported',
    source: 'cpu',
    derivation: 'mean',
    binning: { edges: [0.5, 0.75, 0.9] },
  },
])

export const candidateFeatures = new Registry<CandidateFeature>('instance feature', CANDIDATE_FEATURES)

/** Names of the features that a model tells apart. */
export interface FeatureChoice {
  readonly state: readonly string[]
  readonly instance: readonly string[]
}

/**
 * Of tables: few, since every combination of their bins is a pair to be seen.
 *
 * Chosen among four sets of features by Q-learning on logs of `request-classes` and `heterogeneous`, then judged on
 * another log of each and three other seeds: mean response time over that of least outstanding 0.86 and 0.86; with load,
 * inFlight, relativeLatency and errorRate alone 0.99 and 1.11. No intervals: one log each, and logs matter (the smaller set
 * had 0.89 on `heterogeneous` with the first). The set without inFlight was a little better on `request-classes` when
 * choosing, but a log in which nobody tells of work would say nothing of the load.
 */
export const DEFAULT_FEATURES: FeatureChoice = {
  state: ['load', 'dearness'],
  instance: ['inFlight', 'workAhead', 'relativeLatency', 'errorRate'],
}

/** Of tables that choose strategies: what tells when which of them is at home. */
export const DEFAULT_STRATEGY_FEATURES: FeatureChoice = {
  state: ['load', 'imbalance', 'worstErrorRate', 'worstSlowness'],
  instance: [],
}

/** Of linear scores and networks: as many as tell something, those of the state included. */
export const DEFAULT_ROW_FEATURES: FeatureChoice = {
  state: ['load', 'dearness'],
  instance: [
    'inFlight',
    'delay',
    'workAhead',
    'workDelay',
    'relativeSlowness',
    'relativeEwmaLatency',
    'recentErrorRate',
    'position',
    'beforeInterval',
    'behindInterval',
  ],
}

/** Of linear scores and networks that choose strategies. */
export const DEFAULT_STRATEGY_ROW_FEATURES: FeatureChoice = {
  state: ['load', 'demand', 'dearness', 'imbalance', 'worstErrorRate', 'meanErrorRate', 'worstSlowness'],
  instance: [],
}
