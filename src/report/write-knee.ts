/** A search for a knee as files: the numbers, and its pictures as SVG and PNG. */
import { join } from 'node:path'
import type { Knee } from '../study/index.ts'
import { kneeCharts } from './charts/knee.ts'
import { loadPngRenderer, pictureOf } from './charts/picture.ts'
import { loadChartRenderer } from './charts/render-chart.ts'
import { writeAtomically } from './write-summary.ts'

/**
 * Writes `knee.json` and every chart. Without the fonts of `dejavu-fonts-ttf` there are no PNGs.
 *
 * @returns the paths of the files
 * @throws WorldError if the directory cannot be written
 */
export async function writeKnee(directory: string, knee: Knee): Promise<string[]> {
  const files = new Map<string, string | Uint8Array>()
  const [render, toPng] = await Promise.all([loadChartRenderer(), loadPngRenderer()])
  for (const chart of kneeCharts(knee)) {
    const svg = pictureOf(chart, render)
    files.set(`${chart.id}.svg`, svg)
    if (toPng !== undefined) files.set(`${chart.id}.png`, toPng(svg))
  }
  files.set('knee.json', `${JSON.stringify(knee, null, 2)}\n`)
  for (const [name, content] of files) await writeAtomically(join(directory, name), content)
  return [...files.keys()].map((name) => join(directory, name))
}
