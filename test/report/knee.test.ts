import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kneeCharts } from '../../src/report/charts/knee.ts'
import { createStyle, formatSearchedRate, kneeText, writeKnee } from '../../src/report/index.ts'
import type { KneeBracket } from '../../src/study/index.ts'
import { temporaryDirectory } from '../learning/synthetic-run.ts'
import { MADE_REPEATS, madeKnee } from '../study/knee/made-knee.ts'

const plain = createStyle(false)

function textOf(kind: KneeBracket['kind'], holds: number | null, breaks: number | null): string {
  const bracket = { kind, holds, breaks, mixed: false }
  return kneeText(madeKnee(MADE_REPEATS.map((repeat) => ({ ...repeat, bracket }))), plain)
}

describe('kneeText', () => {
  it('is that of the golden file', async () => {
    await expect(`${kneeText(madeKnee(), plain)}\n`).toMatchFileSnapshot('golden/knee.txt')
  })

  it('gives no number where there is none', () => {
    expect(textOf('holds-throughout', 400, null)).toMatch(/No knee below 400\/s: .* \(--to\) holds\./)
    expect(textOf('breaks-throughout', null, 0.01)).toMatch(
      /No rate holds: even 0\.01\/s, .* \(--from\), breaks\./,
    )
    expect(textOf('generator', 30, 32)).toMatch(
      /The generator, not the target, .*: the target holds 30\.0\/s/,
    )
    for (const kind of ['holds-throughout', 'breaks-throughout', 'generator'] as const) {
      expect(textOf(kind, 30, 32)).not.toMatch(/Knee at|NaN|null|undefined/)
    }
  })

  it('says what some of the repeats found, and that it was interrupted', () => {
    const [first, second] = MADE_REPEATS
    const text = kneeText(madeKnee([first!, { ...second!, bracket: null }]), plain)
    expect(text).toContain('Interrupted')
    expect(text).toContain('Found in 1 of 2 repeats')
    expect(kneeText(madeKnee([{ seed: 1, bracket: null, tries: [] }]), plain)).toContain('no rate was tried')
  })

  it('says that the outcome was mixed', () => {
    const mixed = { ...MADE_REPEATS[0]!, bracket: { ...MADE_REPEATS[0]!.bracket!, mixed: true } }
    expect(kneeText(madeKnee([mixed]), plain)).toMatch(/Some rates broke although higher ones held/)
  })
})

it('rates have digits that tell them from 0', () => {
  expect([0, 0.00488, 0.09, 0.5, 12, 1234].map(formatSearchedRate)).toEqual([
    '0.00/s',
    '0.0049/s',
    '0.09/s',
    '0.50/s',
    '12.0/s',
    '1,234/s',
  ])
})

describe('the charts', () => {
  it('show p95 first, with its limit and the knee, and nothing that was never measured', () => {
    const charts = kneeCharts(madeKnee())
    expect(charts.map(({ id }) => id)).toEqual(['knee'])
    expect(charts[0]!.caption).toMatch(
      /the knee, 21\.5\/s, with its 95% interval.* Dashed: the limit, 500 ms\./,
    )
    expect(kneeCharts(madeKnee([]))).toEqual([])
  })

  it('are written beside the numbers', async () => {
    const folder = temporaryDirectory()
    const files = await writeKnee(join(folder, 'out'), madeKnee())
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(['knee.json', 'knee.png', 'knee.svg'])
    expect(files).toHaveLength(3)
    const { knee } = JSON.parse(readFileSync(join(folder, 'out', 'knee.json'), 'utf8'))
    expect(knee.mean).toBeCloseTo(21.49, 2)
    const svg = readFileSync(join(folder, 'out', 'knee.svg'), 'utf8')
    expect(svg).toContain('all thresholds held')
    expect(svg).not.toMatch(/NaN|var\(--/)
  })
})
