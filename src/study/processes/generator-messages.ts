/** The words between a run and its generators: processes that each carry out one share of it. */
import type { LoadedScenario, Scenario } from '../../scenario/index.ts'
import type { RunShare } from '../segments/run-share.ts'
import type { Segment } from '../segments/segment.ts'
import type { RunStatisticsJson } from '../statistics/statistics-parts.ts'
import type { ShareProgress } from './running-total.ts'

/** To a generator: send this share of the load, and tell the statistics of it. */
export interface LoadMessage {
  readonly kind: 'load'
  readonly scenario: Scenario
  readonly seed: number
  readonly segment: Segment
  readonly target: { readonly origin: string; readonly prefix: string; readonly startEpochMs: number }
  /** The target is our own shop, which the faults of the scenario befall. */
  readonly embedded: boolean
  /** Where the requests are written. */
  readonly requests: string
}

/** To a generator: carry out this segment as a run of its own, with all its files. */
export interface SegmentMessage {
  readonly kind: 'segment'
  readonly loaded: LoadedScenario
  readonly target: string | undefined
  readonly share: RunShare
}

export type GeneratorTask = LoadMessage | SegmentMessage

/** To a generator: end now, with what there is. */
export interface EndMessage {
  readonly kind: 'end'
}

export interface LoadResult {
  readonly kind: 'loaded'
  readonly endMs: number
  readonly statistics: RunStatisticsJson
}

export interface SegmentResult {
  readonly kind: 'ran'
  readonly requests: number
  readonly interrupted: boolean
  /** Why it was stopped before its time, if it was. */
  readonly stopped: string | null
}

export type GeneratorResult = LoadResult | SegmentResult

/** From a generator. */
export type GeneratorMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: ShareProgress }
  | { readonly kind: 'failed'; readonly message: string; readonly exitCode: number }
  | GeneratorResult
