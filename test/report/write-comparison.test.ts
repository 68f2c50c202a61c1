import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WorldError } from '../../src/core/index.ts'
import { legendHeight, policyLegend } from '../../src/report/charts/compared-policies.ts'
import { LIGHT } from '../../src/report/charts/palette.ts'
import { loadPngRenderer, pictureOf } from '../../src/report/charts/picture.ts'
import { loadChartRenderer } from '../../src/report/charts/render-chart.ts'
import { html } from '../../src/report/html.ts'
import { htmlPage } from '../../src/report/html-page.ts'
import { comparisonCharts, comparisonCsv, writeComparison } from '../../src/report/index.ts'
import { COMPARISON, FAILING_COMPARISON, ONE_SEED_COMPARISON } from './comparison-fixture.ts'

const CURVES = [
  {
    policy: 'model:models/cql',
    curve: [1, 2, 3].map((epoch) => ({
      epoch,
      loss: 4 / epoch,
      validation: epoch === 2 ? Number.NaN : 2 / epoch,
    })),
  },
]

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loadgen-write-comparison-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Width and height of a PNG, and how many bytes it takes: a blank one is tiny. */
function sizeOf(file: string): [width: number, height: number, bytes: number] {
  const bytes = readFileSync(file)
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG')
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes.length]
}

describe('writeComparison', () => {
  it('writes tables, results and every picture in both forms, and nothing else', async () => {
    const out = join(folder, 'out')
    const files = await writeComparison(out, COMPARISON, { curves: CURVES })
    const pictures = ['ratio-intervals', 'latency-distribution', 'faulty-share', 'learning-curves']
    expect(readdirSync(out).sort()).toEqual(
      [
        'comparison.csv',
        'comparison.json',
        'replays.jsonl',
        ...pictures.flatMap((id) => [`${id}.png`, `${id}.svg`]),
      ].sort(),
    )
    expect(files.sort()).toEqual(
      readdirSync(out)
        .map((name) => join(out, name))
        .sort(),
    )
    for (const id of pictures) {
      const [width, height, bytes] = sizeOf(join(out, `${id}.png`))
      expect(width).toBe(2160)
      expect(height).toBeGreaterThan(400)
      expect(bytes).toBeGreaterThan(20_000)
    }
    const { results, ...table } = COMPARISON
    expect(JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(table)),
    )
    const lines = readFileSync(join(out, 'replays.jsonl'), 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(results)
  })

  it('says where it cannot write', async () => {
    await expect(writeComparison('/proc/nowhere', COMPARISON)).rejects.toThrow(WorldError)
  })
})

describe('the pictures', () => {
  it('leave out what there is nothing to show of', () => {
    const ids = (comparison: typeof COMPARISON) => comparisonCharts(comparison).map(({ id }) => id)
    expect(ids(COMPARISON)).toEqual(['ratio-intervals', 'latency-distribution', 'faulty-share'])
    const calm = {
      ...COMPARISON,
      results: COMPARISON.results.map((result) => ({ ...result, faultyShare: null })),
    }
    expect(ids(calm)).toEqual(['ratio-intervals', 'latency-distribution'])
    expect(ids(ONE_SEED_COMPARISON)).toEqual(ids(COMPARISON))
  })

  it('have a legend above the drawing, in as many rows as it needs', () => {
    const long = (i: number): string => `epsilon-greedy(power-of-two-choices, epsilon=0.${i})`
    const one = policyLegend(['c3', 'random'])
    const many = policyLegend([1, 2, 3, 4, 5, 6].map(long))
    expect(one.map(({ top, data }) => [top, data])).toEqual([[0, ['c3', 'random']]])
    expect(many.map(({ top, data }) => [top, data.length])).toEqual([
      [0, 2],
      [20, 2],
      [40, 2],
    ])
    expect(legendHeight(many)).toBeGreaterThan(many.at(-1)!.top + 30)
  })

  it('draw what gets better downwards, also where losses are below 0', () => {
    const curve = [-0.1, -0.2].map((loss, i) => ({ epoch: i + 1, loss, validation: loss }))
    const charts = comparisonCharts(COMPARISON, [{ policy: 'learned', curve }])
    expect(charts.at(-1)!.option.series).toMatchObject([
      {
        data: [
          [1, -1],
          [2, -2],
        ],
      },
    ])
  })

  it('are well-formed, the same every time, and need no page around them', async () => {
    const render = await loadChartRenderer()
    const toPng = (await loadPngRenderer())!
    const [first, ...others] = comparisonCharts(FAILING_COMPARISON, CURVES)
    const svg = pictureOf(first!, render)
    for (const chart of others) pictureOf(chart, render)
    expect(pictureOf(first!, render)).toBe(svg)
    expect(svg).not.toMatch(/var\(|zr\d|NaN/)
    // A tag whose attributes a quote has torn apart would not be read at all.
    expect(svg.replaceAll(/<[\w/?][^<>"]*(?:"[^"]*"[^<>"]*)*>/g, '')).not.toMatch(/[<>]/)
    expect(toPng(svg).length).toBeGreaterThan(20_000)
    // With the fonts, text is there: the same picture without it is smaller.
    expect(toPng(svg.replaceAll(/<text[\s\S]*?<\/text>/g, '')).length).toBeLessThan(0.6 * toPng(svg).length)
  })

  it('have the colours of the page by day', () => {
    const page = htmlPage('colours', html`<p></p>`)
    const light = page.slice(page.indexOf(':root'), page.indexOf('@media'))
    for (const [name, color] of Object.entries(LIGHT)) expect(light).toContain(`--${name}: ${color};`)
  })
})

describe('comparisonCsv', () => {
  const lines = comparisonCsv(COMPARISON).trimEnd().split('\n')

  it('has a header and one line per policy, with as many cells', () => {
    expect(lines).toHaveLength(1 + COMPARISON.rows.length)
    const cells = lines.map((line) => line.split(',').length)
    expect(new Set(cells).size).toBe(1)
    expect(lines[0]).toMatch(/^scenario,seeds,reference,policy,kind,penalizedLatencyMs,meanLatencyMs,/)
    expect(lines[0]).toMatch(/,gapClosed,gapClosedLow,gapClosedHigh,verdict$/)
    expect(lines[1]).toMatch(/^fail-fast,4,least-outstanding,least-added-delay,oracle,25.5,25.5,/)
  })

  it('leaves empty what is not known, and quotes what has commas', () => {
    expect(comparisonCsv(ONE_SEED_COMPARISON)).not.toMatch(/NaN|null|undefined/)
    const [row] = COMPARISON.rows
    const odd = { ...COMPARISON, rows: [{ ...row!, policy: 'epsilon-greedy(c3, epsilon="x")' }] }
    expect(comparisonCsv(odd)).toContain(',"epsilon-greedy(c3, epsilon=""x"")",oracle,')
  })
})
