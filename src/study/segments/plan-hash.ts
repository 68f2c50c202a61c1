/** What all segments of one run must agree on, as one hash: only runs of the same plan can be merged. */
import { contentHash } from '../../core/index.ts'
import { type Scenario, scenarioHash } from '../../scenario/index.ts'

/**
 * SHA-256 of the resolved scenario with the seed and the world: arrival k of phase p follows from these. The target is
 * no part of it: segments may reach one balancer by different addresses.
 */
export function planHash(scenario: Scenario, seed: number): string {
  return contentHash({ version: 1, scenario: scenarioHash(scenario), seed, world: scenario.world })
}

/** In `manifest.json` of a segment. */
export interface SegmentManifest {
  /** From 0. */
  readonly index: number
  readonly count: number
  readonly planHash: string
  /** When its clock began, in ms since the epoch by its own machine; null in the virtual world. */
  readonly startEpochMs: number | null
  /** How much the clock of its machine was ahead of the common one; null where nobody compared them. */
  readonly clockOffsetMs: number | null
  /** How much later than the others it began, because another process had lost it: 0 for all that began together. */
  readonly lateMs: number
}
