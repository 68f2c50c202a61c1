/** A trained model for the terminal: what it is, what it was trained on, what it has learned. */
import type { ModelDescription, TrainingMetrics } from '../learning/index.ts'
import { factsText, type Style } from '../report/index.ts'

/** @param learned lines of the model itself */
export function modelText(
  directory: string,
  version: string,
  description: ModelDescription,
  learned: readonly string[],
  style: Style,
): string {
  const { kind, algorithm, actions, hyperParameters, seed, dataHash, features, metrics } = description
  const { transitions, skipped, bestEpoch, trainingLoss, validationLoss, facts } = metrics
  const settings = Object.entries(hyperParameters).map(([name, value]) => `${name}=${value}`)
  const leftOut = Object.entries(skipped).map(([reason, count]) => `${count} ${reason}`)
  const lines: readonly (readonly [string, string])[] = [
    ['model', `${directory} (version ${version.slice(0, 12)})`],
    ['kind', `${kind}, by ${algorithm}, chooses ${actions === 'instance' ? 'an instance' : 'a strategy'}`],
    ['settings', `${settings.join(', ')}; seed ${seed}`],
    ['looks at', [...features.state, ...features.instance].join(', ')],
    ['data', `${transitions.training} transitions for training, ${transitions.validation} for validation`],
    ...(leftOut.length === 0 ? [] : [['left out', leftOut.join(', ')] as const]),
    ['data hash', dataHash.slice(0, 12)],
    ['size', factsText(facts)],
    [
      'loss',
      `${number(trainingLoss)} in training, ${number(validationLoss)} in validation, epoch ${bestEpoch}`,
    ],
    ['reward', rewardText(description)],
    ...(metrics.fallbackShare > 0 ? [['fallback', fallbackText(metrics)] as const] : []),
  ]
  const head = lines.map(([name, text]) => `${style.dim(name.padEnd(10))} ${text}`)
  if (learned.length === 0) return head.join('\n')
  return [...head, '', style.heading('LEARNED'), ...learned.map((line) => `  ${line}`)].join('\n')
}

/** How often the model could not go by what it had learned, on the decisions that it is judged by. */
export function fallbackText({ fallbackShare }: Pick<TrainingMetrics, 'fallbackShare'>): string {
  return `${(100 * fallbackShare).toFixed(1)} % of the validation decisions are left to a simple rule: what the model goes by is not known there`
}

function rewardText({ metrics }: ModelDescription): string {
  const { loggedReward, estimatedReward, effectiveSampleSize } = metrics
  const estimate =
    estimatedReward === null
      ? 'not identifiable for the model'
      : `estimated for the model ${number(estimatedReward)} (effective sample ${Math.round(effectiveSampleSize)})`
  return `logged ${number(loggedReward)}, ${estimate}`
}

function number(value: number): string {
  return value.toFixed(4)
}
