/**
 * The faults of a run as shaded bands behind the lines of a chart over time, with their numbers and names above it.
 *
 * Every fault is a band of its own, as long as its effect: where several are at work, the shade is deeper. A name is written where there is
 * room for it in one of a few rows, or else the number alone; the table of the report has the others.
 */
import type { LineSeriesOption } from 'echarts'
import type { FaultSummary } from '../../study/index.ts'
import { HUE, INK } from './chart.ts'

const FONT_SIZE = 11
/** Of the fonts of the page, generously. */
const CHARACTER_WIDTH = 6.4
const ROW_HEIGHT = 15
const MOST_ROWS = 3
const GAP = 8
/** Of one band; many on top of each other must leave the lines readable. */
const OPACITY = 0.16
const DEEPEST_OPACITY = 0.42

/** What a chart needs to know of the bands to make room for them. */
export interface FaultBands {
  /** Of the rows of names, above the plot. */
  readonly height: number
  /** A series without a line that carries them; none without faults. */
  readonly series: readonly LineSeriesOption[]
}

type NumberedFault = FaultSummary & { readonly number: number }

interface Label {
  readonly text: string
  /** To the left, for what would reach over the right end otherwise. */
  readonly shift: number
  /** From the top. */
  readonly row: number
}

/** @param plotWidth in CSS pixels, from 0 to `endMs` */
export function faultBands(faults: readonly FaultSummary[], endMs: number, plotWidth: number): FaultBands {
  const seen = faults
    .map((fault, i) => ({ ...fault, number: i + 1 }))
    .filter(({ startMs }) => startMs < endMs)
  if (seen.length === 0) return { height: 0, series: [] }
  const labels = placeLabels(seen, (atMs) => (atMs / endMs) * plotWidth, plotWidth)
  const rows = Math.max(...labels.map((label) => (label?.row ?? 0) + 1))
  const opacity = Number(Math.min(OPACITY, DEEPEST_OPACITY / deepest(seen)).toPrecision(2))
  return {
    height: rows * ROW_HEIGHT + 4,
    series: [
      {
        type: 'line',
        // Bands end where the data of their series does: that must be the whole axis.
        data: [
          [0, 0],
          [endMs, 0],
        ],
        silent: true,
        symbol: 'none',
        lineStyle: { width: 0 },
        markArea: {
          silent: true,
          itemStyle: { color: HUE.purple, opacity },
          data: seen.map((fault, i) => [
            { xAxis: fault.startMs, ...labelOption(labels[i], rows) },
            { xAxis: Math.min(fault.effectEndMs, endMs) },
          ]),
        },
      },
    ],
  }
}

function labelOption(label: Label | undefined, rows: number) {
  if (label === undefined) return { label: { show: false } }
  return {
    name: label.text,
    label: {
      show: true,
      position: 'insideTopLeft' as const,
      align: 'left' as const,
      distance: 0,
      offset: [1 - label.shift, (label.row - rows) * ROW_HEIGHT],
      color: INK.muted,
      fontSize: FONT_SIZE,
    },
  }
}

/** Names where there is room for all of them; otherwise numbers, and the names of those that happen to have room. */
function placeLabels(
  faults: readonly NumberedFault[],
  xOf: (atMs: number) => number,
  plotWidth: number,
): (Label | undefined)[] {
  const xs = faults.map(({ startMs }) => xOf(startMs))
  const numbers = faults.map(({ number }) => String(number))
  const names = faults.map(({ number, kind }) => `${number} ${kind}`)
  const named = placeTexts(names, xs, plotWidth)
  if (!named.includes(undefined)) return named
  const numbered = placeTexts(numbers, xs, plotWidth)
  return numbered.map((label, i) => {
    if (label === undefined) return undefined
    const next = numbered.findIndex((other, j) => j > i && other?.row === label.row)
    const limit = next === -1 ? plotWidth : xs[next]! - numbered[next]!.shift - GAP
    return xs[i]! + widthOf(names[i]!) <= limit ? { ...label, text: names[i]! } : label
  })
}

/** Each text in the first row that is free where it begins; undefined where none is. */
function placeTexts(
  texts: readonly string[],
  xs: readonly number[],
  plotWidth: number,
): (Label | undefined)[] {
  const rowEnds = new Array<number>(MOST_ROWS).fill(Number.NEGATIVE_INFINITY)
  return texts.map((text, i) => {
    const end = Math.min(xs[i]! + widthOf(text), plotWidth)
    const row = rowEnds.findIndex((rowEnd) => rowEnd + GAP <= end - widthOf(text))
    if (row === -1) return undefined
    rowEnds[row] = end
    return { text, row, shift: xs[i]! + widthOf(text) - end }
  })
}

function widthOf(text: string): number {
  return text.length * CHARACTER_WIDTH
}

/** The most faults that are at work at one time. */
function deepest(faults: readonly FaultSummary[]): number {
  const changes = faults.flatMap(({ startMs, effectEndMs }) => [
    { atMs: startMs, by: 1 },
    { atMs: effectEndMs, by: -1 },
  ])
  changes.sort((a, b) => a.atMs - b.atMs || a.by - b.by)
  let depth = 0
  return changes.reduce((most, { by }) => Math.max(most, (depth += by)), 1)
}
