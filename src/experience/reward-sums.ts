/** Means of the rewards of a run, part by part; of a part, over the decisions of which it is known. */
import { REWARD_PARTS, type RewardPart, type RewardParts } from '../core/index.ts'
import { ExactSum, type ExactSumJson, type Mergeable } from '../stats/index.ts'

/** Rewards count in steps of so much, some 1e-12: then their sum is exact, in whatever order they come. */
const STEP = 2 ** -40

interface KnownSumJson {
  readonly known: number
  readonly sum: ExactSumJson
}

export interface RewardSumsJson {
  readonly count: number
  readonly reward: ExactSumJson
  readonly parts: Readonly<Record<RewardPart, KnownSumJson>>
}

export interface MeanRewards {
  readonly count: number
  /** NaN when there was none, as are parts that were never known. */
  readonly reward: number
  readonly parts: RewardParts
  /** What they are the means of, to be merged with those of another run. */
  readonly sums: RewardSumsJson
}

export class RewardSums implements Mergeable<RewardSumsJson> {
  #count = 0
  readonly #reward = new ExactSum()
  readonly #parts = REWARD_PARTS.map(() => new ExactSum())
  readonly #known = new Float64Array(REWARD_PARTS.length)

  add(parts: RewardParts, reward: number): void {
    this.#count++
    this.#reward.add(stepped(reward))
    for (let i = 0; i < REWARD_PARTS.length; i++) {
      const value = parts[REWARD_PARTS[i]!]
      if (Number.isNaN(value)) continue
      this.#parts[i]!.add(stepped(value))
      this.#known[i]! += 1
    }
  }

  means(): MeanRewards {
    const parts = {} as Record<RewardPart, number>
    for (const [i, part] of REWARD_PARTS.entries()) parts[part] = this.#parts[i]!.value / this.#known[i]!
    return { count: this.#count, reward: this.#reward.value / this.#count, parts, sums: this.toJSON() }
  }

  merge(other: RewardSums): void {
    this.#count += other.#count
    this.#reward.merge(other.#reward)
    for (let i = 0; i < REWARD_PARTS.length; i++) {
      this.#parts[i]!.merge(other.#parts[i]!)
      this.#known[i]! += other.#known[i]!
    }
  }

  toJSON(): RewardSumsJson {
    const parts = {} as Record<RewardPart, KnownSumJson>
    for (const [i, part] of REWARD_PARTS.entries()) {
      parts[part] = { known: this.#known[i]!, sum: this.#parts[i]!.toJSON() }
    }
    return { count: this.#count, reward: this.#reward.toJSON(), parts }
  }

  static fromJSON({ count, reward, parts }: RewardSumsJson): RewardSums {
    const sums = new RewardSums()
    sums.#count = count
    sums.#reward.merge(ExactSum.fromJSON(reward))
    for (const [i, part] of REWARD_PARTS.entries()) {
      sums.#parts[i]!.merge(ExactSum.fromJSON(parts[part].sum))
      sums.#known[i] = parts[part].known
    }
    return sums
  }
}

function stepped(reward: number): number {
  return Math.round(reward / STEP) * STEP
}
