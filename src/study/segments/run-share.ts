/** What a run is told that is a part of a larger one: which share, when all begin, and where its files go. */
import type { Scenario } from '../../scenario/index.ts'
import { planHash, type SegmentManifest } from './plan-hash.ts'
import type { Segment } from './segment.ts'

export interface RunShare {
  readonly segment?: Segment
  /** Where whoever cut the run has named it. */
  readonly runId?: string
  /** When the clock of a live run begins, in ms since the epoch by the clock of this machine; undefined: at once. */
  readonly startEpochMs?: number
  /** How much the clock of this machine is ahead of the one that all segments start by. */
  readonly clockOffsetMs?: number
  /** How much later than the other segments it begins. */
  readonly lateMs?: number
  /** The run directory itself, where whoever cut the run has chosen it. */
  readonly into?: string
}

/** The part of `manifest.json` by which segments are known as such. */
export function segmentManifest(
  { segment, startEpochMs, clockOffsetMs, lateMs }: RunShare,
  scenario: Scenario,
): { readonly segment?: SegmentManifest } {
  if (segment === undefined) return {}
  return {
    segment: {
      ...segment,
      planHash: planHash(scenario, scenario.seed),
      startEpochMs: startEpochMs ?? null,
      clockOffsetMs: clockOffsetMs ?? null,
      lateMs: lateMs ?? 0,
    },
  }
}
