/** Means of the rewards of a run, part by part; of a part, over the decisions of which it is known. */
import { REWARD_PARTS, type RewardPart, type RewardParts } from '../core/index.ts'

export interface MeanRewards {
  readonly count: number
  /** NaN when there was none, as are parts that were never known. */
  readonly reward: number
  readonly parts: RewardParts
}

export class RewardSums {
  #count = 0
  #reward = 0
  readonly #parts = new Float64Array(REWARD_PARTS.length)
  readonly #known = new Float64Array(REWARD_PARTS.length)

  add(parts: RewardParts, reward: number): void {
    this.#count++
    this.#reward += reward
    for (let i = 0; i < REWARD_PARTS.length; i++) {
      const value = parts[REWARD_PARTS[i]!]
      if (Number.isNaN(value)) continue
      this.#parts[i]! += value
      this.#known[i]! += 1
    }
  }

  means(): MeanRewards {
    const parts = {} as Record<RewardPart, number>
    for (const [i, part] of REWARD_PARTS.entries()) parts[part] = this.#parts[i]! / this.#known[i]!
    return { count: this.#count, reward: this.#reward / this.#count, parts }
  }
}
