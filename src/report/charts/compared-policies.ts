/** Which policies of a comparison a chart of lines shows, and how each looks: in all charts alike. */
import type { ComparisonTable } from '../../study/index.ts'
import { FULL_WIDTH, HUE, INK, legendRow } from './chart.ts'

/** More lines than this tell nobody anything. */
const MOST_LINES = 6

/** Height of a row of the legend, and of what is between the last one and the drawing. */
const LEGEND_ROW = 20
const BELOW_LEGEND = 36
/** Of a letter, generously. */
const LETTER_WIDTH = 7.6
const MARK_WIDTH = 22

/**
 * The legend with room for names of policies, one component per row: without a screen there is no measuring of texts, and
 * what ECharts guesses is a tenth too short for long ones; rows that it breaks itself lie as far apart as items do.
 */
export function policyLegend(names: readonly string[]) {
  const itemGap = 16 + Math.max(0, ...names.map((name) => name.length))
  const rows: string[][] = [[]]
  let width = 0
  for (const name of names) {
    const own = MARK_WIDTH + name.length * LETTER_WIDTH
    if (width > 0 && width + own > FULL_WIDTH) {
      rows.push([])
      width = 0
    }
    rows.at(-1)!.push(name)
    width += own + itemGap
  }
  return rows.map((row, i) => ({ ...legendRow(row), itemGap, top: i * LEGEND_ROW }))
}

/** What such a legend takes of the height. */
export function legendHeight(legend: readonly unknown[]): number {
  return BELOW_LEGEND + legend.length * LEGEND_ROW
}

export interface LineLook {
  readonly policy: string
  readonly color: string
  readonly type: 'solid' | 'dashed'
  readonly width: number
}

/**
 * Those that the comparison is about come first: models, the reference, the oracle; then the best of the others.
 *
 * @param rows the fastest first
 */
export function linesOf({ rows, reference, oracle }: ComparisonTable): LineLook[] {
  const ofInterest = rows.filter(
    ({ policy, kind }) => kind === 'model' || policy === reference || policy === oracle,
  )
  const others = rows.filter((row) => !ofInterest.includes(row) && row.kind !== 'oracle')
  const shown = new Set([...ofInterest, ...others].slice(0, MOST_LINES).map(({ policy }) => policy))
  const trialHues = [HUE.green, HUE.purple, HUE.red][Symbol.iterator]()
  const otherHues = [HUE.orange, HUE.purple, HUE.red, HUE.green, HUE.orange][Symbol.iterator]()
  return rows
    .filter(({ policy }) => shown.has(policy))
    .map(({ policy, kind }): LineLook => {
      if (kind === 'oracle') return { policy, color: INK.muted, type: 'dashed', width: 1.6 }
      if (policy === reference) return { policy, color: HUE.blue, type: 'solid', width: 2 }
      const trial = kind === 'model'
      const color = (trial ? trialHues : otherHues).next().value ?? INK.muted
      return { policy, color, type: 'solid', width: trial ? 2.4 : 1.4 }
    })
}
