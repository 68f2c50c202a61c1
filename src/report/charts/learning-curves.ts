/** The learning curves of the models that are compared: what each gained per epoch, on data held out. */
import { AXIS_STYLE, type Chart, FULL_WIDTH, HUE, orGap, valueAxis } from './chart.ts'
import { policyLegend } from './compared-policies.ts'

export interface LearningCurve {
  readonly policy: string
  readonly curve: readonly { readonly epoch: number; readonly loss: number; readonly validation: number }[]
}

const HUES = [HUE.green, HUE.purple, HUE.red, HUE.blue, HUE.orange]

/** Losses of different learners are in units of their own: each curve is drawn relative to its first epoch. */
export function learningCurvesChart(curves: readonly LearningCurve[]): Chart[] {
  const known = curves.flatMap(({ policy, curve }) => {
    const losses = curve.map(({ loss, validation }) => orGap(validation) ?? orGap(loss))
    const first = losses.find((loss) => loss !== null && loss !== 0)
    if (first === undefined || first === null) return []
    return [{ policy, points: curve.map(({ epoch }, i) => [epoch, relative(losses[i]!, first)]) }]
  })
  if (known.length === 0) return []
  const epochs = known.flatMap(({ points }) => points.map(([epoch]) => epoch!))
  return [
    {
      id: 'learning-curves',
      title: 'Learning curves',
      caption:
        'Loss on data held out (or, without it, on the data learned from), as a share of that of the first epoch.',
      width: FULL_WIDTH,
      height: 280,
      option: {
        legend: policyLegend(known.map(({ policy }) => policy)),
        grid: { left: 62, right: 24, top: 56, bottom: 44, outerBoundsMode: 'none' },
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
        yAxis: { ...valueAxis('loss / first loss'), scale: true },
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
  return loss === null ? null : Number((loss / first).toPrecision(5))
}
