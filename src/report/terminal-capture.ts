/** What could be seen of a balancer that is not ours. */
import type { RunSummary } from '../study/index.ts'
import { formatCount, formatNumber, formatPercent } from './format.ts'

export function captureSection({ capture }: RunSummary): string[] {
  return captureFacts({ capture }).map((fact) => `  ${fact}`)
}

/** One fact per line; none where nothing was captured. */
export function captureFacts({ capture }: Pick<RunSummary, 'capture'>): string[] {
  if (capture === null) return []
  const { instanceFrom, answered, named, retried, propensities, missingFeatures, polls } = capture
  const share = answered === 0 ? 'no' : formatPercent(named / answered, 1)
  const lines = [
    `target: external, ${share} of ${formatCount(answered, 'answer')} named their instance (${instanceFrom})`,
  ]
  if (retried > 0) {
    lines.push(
      `${formatCount(retried, 'answer')} came after others had been tried: the one that answered counts`,
    )
  }
  lines.push(`propensities: ${propensities}`)
  if (missingFeatures.length > 0) lines.push(`not observable: ${missingFeatures.join(', ')}`)
  for (const { source, url, asked, failed } of polls) {
    const failures = failed === 0 ? 'all answered' : `${formatNumber(failed)} of them failed`
    lines.push(`${source} at ${url}: ${formatCount(asked, 'question')}, ${failures}`)
  }
  return lines
}
