/** The features of a candidate, see `encoded-features.ts`. */
import type { Binning, CandidateFeature } from './encoded-features.ts'

/** Of failures. */
const SHARES: Binning = { edges: [0, 0.05, 0.25] }

export const CANDIDATE_FEATURES: readonly CandidateFeature[] = [
  {
    name: 'inFlight',
    summary: 'requests in flight to the instance',
    source: 'inFlight',
    derivation: 'value',
    binning: { edges: [0, 1, 2, 3, 5, 8] },
  },
  {
    name: 'relativeInFlight',
    summary: 'requests in flight, relative to the mean of the candidates',
    source: 'inFlight',
    derivation: 'relative',
    binning: { edges: [0.5, 0.9, 1.1, 2] },
  },
  {
    name: 'inFlightAboveLowest',
    summary: 'requests in flight more than the candidate has that has fewest',
    source: 'inFlight',
    derivation: 'above-lowest',
    binning: { edges: [0, 1, 2, 4] },
  },
  {
    name: 'inFlightRank',
    summary: 'share of the other candidates that have fewer requests in flight, equals counted half',
    source: 'inFlight',
    derivation: 'rank',
    binning: { edges: [0, 0.34, 0.67] },
  },
  {
    name: 'weightedInFlight',
    summary: 'requests in flight, divided by the configured weight in units of the mean weight',
    source: 'inFlight',
    derivation: 'per-weight',
    binning: { edges: [0, 1, 2, 3, 5, 8] },
  },
  {
    name: 'delay',
    summary: 'requests in flight plus this one, times how slow the instance is among the candidates',
    source: 'inFlight',
    derivation: 'delay',
    binning: { edges: [1, 1.5, 2, 3, 5, 8] },
  },
  {
    name: 'workAhead',
    summary: 'expected work in flight to the instance, in units of the mean request',
    source: 'workMs',
    derivation: 'per-mean-work',
    binning: { edges: [0, 0.5, 1, 2, 4, 8] },
  },
  {
    name: 'workDelay',
    summary: 'expected work in flight plus a mean request, times how slow the instance is',
    source: 'workMs',
    derivation: 'work-delay',
    binning: { edges: [1, 1.5, 2, 3, 5, 9] },
  },
  {
    name: 'relativeSlowness',
    summary: 'how much longer it works on a request than the mean of the candidates',
    source: 'slowness',
    derivation: 'relative',
    binning: { edges: [0.7, 0.95, 1.05, 1.4, 2.5] },
  },
  {
    name: 'relativeLatency',
    summary: 'mean latency of the last 60 s, relative to the mean of the candidates',
    source: 'responseTimeMs',
    derivation: 'relative',
    binning: { quantiles: 5 },
  },
  {
    name: 'relativeEwmaLatency',
    summary: 'mean latency of some 10 s, relative to the mean of the candidates',
    source: 'ewmaLatencyMs',
    derivation: 'relative',
    binning: { quantiles: 5 },
  },
  {
    name: 'errorRate',
    summary: 'share of failures in the last 60 s',
    source: 'errorRate',
    derivation: 'value',
    binning: SHARES,
  },
  {
    name: 'recentErrorRate',
    summary: 'share of failures of late: of some 10 s',
    source: 'recentErrorRate',
    derivation: 'value',
    binning: SHARES,
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
  {
    name: 'position',
    summary: 'place among the candidates, from 0 to 1',
    source: null,
    derivation: 'position',
    binning: { edges: [0.25, 0.5, 0.75] },
  },
  {
    name: 'beforeInterval',
    summary: 'how far its place lies before the share of the fleet that is for the work of this route',
    source: null,
    derivation: 'before-interval',
    binning: { edges: [0, 0.25, 0.5] },
  },
  {
    name: 'behindInterval',
    summary: 'how far its place lies behind the share of the fleet that is for the work of this route',
    source: null,
    derivation: 'behind-interval',
    binning: { edges: [0, 0.25, 0.5] },
  },
]
