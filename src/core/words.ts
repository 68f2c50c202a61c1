/** Words that several rooms share. */

export type World = 'live' | 'virtual'

/** The parts of a reward, in the order in which they are recorded. */
export const REWARD_PARTS = ['latency', 'error', 'throughput', 'balance', 'satisfaction'] as const
export type RewardPart = (typeof REWARD_PARTS)[number]
export type RewardParts = Readonly<Record<RewardPart, number>>

export interface RewardSettings {
  /** The latency that counts as good: unit of the latency part, T of the Apdex part. */
  readonly targetLatencyMs: number
  readonly weights: RewardParts
}
