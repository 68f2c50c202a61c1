/** Progress of a training: a line per epoch. */

import type { EpochReport } from '../learning/index.ts'
import { formatPercent, formatScore } from '../report/index.ts'

export function epochLine({ epoch, trainingLoss, validationLoss, policy, improved }: EpochReport): string {
  const estimate =
    policy.value === null
      ? 'not identifiable'
      : `${formatScore(policy.value)} (effective sample ${Math.round(policy.effectiveSampleSize)} of ${policy.decisions})`
  return (
    `  epoch ${String(epoch).padStart(3)}  loss ${trainingLoss.toFixed(4)}  validation ${validationLoss.toFixed(4)}  ` +
    `estimated reward ${estimate}  agreement with logger ${formatPercent(policy.agreementWithLogger, 0)}` +
    (improved ? '  best' : '')
  )
}
