/** The percentiles of a run for a chart: eight for each further nine, up to 99.999 %. */
import type { Histogram } from '../../stats/index.ts'
import type { PercentilePoint } from './run-summary.ts'

const PER_NINE = 8
const MOST_NINES = 5

/** As many as there are requests for: beyond the last one there is a request at least. */
export function percentilePoints(latency: Histogram, serviceTime: Histogram): PercentilePoint[] {
  const points: PercentilePoint[] = []
  for (let i = 0; i <= PER_NINE * MOST_NINES; i++) {
    const beyond = 10 ** (-i / PER_NINE)
    if (beyond * latency.count < 1) break
    const share = 1 - beyond
    points.push({ share, latencyMs: latency.quantile(share), serviceMs: serviceTime.quantile(share) })
  }
  return points
}
