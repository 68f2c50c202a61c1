/** From --features to what a learner looks at. */
import { didYouMean, UsageError } from '../core/index.ts'
import { candidateFeatures, type FeatureChoice, stateFeatures } from '../learning/index.ts'

const SIDES = ['state', 'instance'] as const
type Side = (typeof SIDES)[number]

/**
 * `["instance=inFlight,errorRate"]` in place of that side of the learner's own features; the other side stays.
 *
 * @throws UsageError for another form, or a feature that there is not
 */
export function chooseFeatures(standard: FeatureChoice, texts: readonly string[]): FeatureChoice {
  const chosen: Partial<Record<Side, string[]>> = {}
  for (const text of texts) {
    const [, side, list] = /^([^=]+)=(.*)$/.exec(text) ?? []
    if (side === undefined) throw malformed(text)
    if (!isSide(side)) {
      throw new UsageError(
        `--features "${text}": unknown side "${side}"${didYouMean(side, SIDES)}: use state or instance`,
      )
    }
    if (chosen[side] !== undefined) throw new UsageError(`--features ${side}=...: given twice: give one list`)
    chosen[side] = list!
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
    for (const name of chosen[side]) (side === 'state' ? stateFeatures : candidateFeatures).get(name)
  }
  const features = { ...standard, ...chosen }
  if (features.instance.length > 0 || features.state.length > 0) return features
  throw new UsageError('--features: nothing is left to look at: name at least one feature')
}

function isSide(word: string): word is Side {
  return (SIDES as readonly string[]).includes(word)
}

function malformed(text: string): UsageError {
  return new UsageError(
    `--features "${text}": expected state=NAME,.. or instance=NAME,.., for example "instance=inFlight,errorRate"`,
  )
}
