/** The learning curves of the models that are compared: what each gained per epoch, on data held out. */
import { AXIS_STYLE, type Chart, FULL_WIDTH, HUE, orGap, valueAxis } from './chart.ts'
import { legendHeight, policyLegend } from './compared-policies.ts'

export interface LearningCurve {
  readonly policy: string
  readonly curve: readonly { readonly epoch: number; readonly loss: number; readonly validation: number }[]
}

const HUES = [HUE.green, HUE.purple, HUE.red, HUE.blue, HUE.orange]

/**
 * Losses of different learners are in units of their own: each curve is drawn relative to its first epoch. That of a search
 * may be below 0, and still is the better the lower it is.
 */
export function learningCurvesChart(curves: readonly LearningCurve[]): Chart[] {
  const known = curves.flatMap(({ policy, curve }) => {
    const losses = curve.map(({ loss, validation }) => orGap(validation) ?? orGap(loss))
    const first = losses.find((loss) => loss !== null && loss !== 0)
    if (first === undefined || first === null) return []
    return [{ policy, points: curve.map(({ epoch }, i) => [epoch, relative(losses[i]!, first)]) }]
  })
  if (known.length === 0) return []
  const epochs = known.flatMap(({ points }) => points.map(([epoch]) => epoch!))
  const legend = policyLegend(known.map(({ policy }) => policy))
  return [
    {
      id: 'learning-curves',
      title: 'Learning curves',
      caption:
        'Lower is better: loss on data held out (or, without it, on the data learned from), over the size of that of the first epoch.',
      width: FULL_WIDTH,
      height: 224 + legendHeight(legend),
      option: {
        legend,
        grid: { left: 62, right: 24, top: legendHeight(legend), bottom: 44, outerBoundsMode: 'none' },
        xAxis: {
          ...AXIS_STYLE,
          type: 'value',
          min: Math.min(...epochs),
          max: Math.max(...epochs),
          minInterval: 1,
          name: 'epoch',
          nameLocation: 'middle',
          nameGap: 26,
        },
        yAxis: { ...valueAxis('loss / |first loss|'), scale: true },
        series: known.map(({ policy, points }, i) => ({
          type: 'line' as const,
          name: policy,
          color: HUES[i % HUES.length]!,
          symbol: 'circle',
          symbolSize: 5,
          showSymbol: points.length <= 40,
          data: points,
        })),
      },
    },
  ]
}

function relative(loss: number | null, first: number): number | null {
  return loss === null ? null : Number((loss / Math.abs(first)).toPrecision(5))
}
