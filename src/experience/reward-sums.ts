/** Means of the rewards of a run, part by part. */
import { REWARD_PARTS, type RewardPart, type RewardParts } from '../core/index.ts'

export interface MeanRewards {
  readonly count: number
  /** NaN when there was none. */
  readonly reward: number
  readonly parts: RewardParts
}

export class RewardSums {
  #count = 0
  #reward = 0
  readonly #parts = new Float64Array(REWARD_PARTS.length)

  add(parts: RewardParts, reward: number): void {
    this.#count++
    this.#reward += reward
    for (let i = 0; i < REWARD_PARTS.length; i++) this.#parts[i]! += parts[REWARD_PARTS[i]!]
  }

  means(): MeanRewards {
    const parts = {} as Record<RewardPart, number>
    for (const [i, part] of REWARD_PARTS.entries()) parts[part] = this.#parts[i]! / this.#count
    return { count: this.#count, reward: this.#reward / this.#count, parts }
  }
}
