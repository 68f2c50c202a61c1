/** Charts as files of their own: an SVG with title, caption and colours, and the same as a PNG. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { escapeHtml } from '../html.ts'
import type { Chart } from './chart.ts'
import { LIGHT, withColors } from './palette.ts'
import type { ChartRenderer } from './render-chart.ts'

const MARGIN = 20
const TITLE_BASELINE = 34
const CAPTION_BASELINE = 56
const CAPTION_LINE = 17
/** Of the caption's font, generously: there is no measuring of texts here. */
const CHARACTER_WIDTH = 6.6
/** Twice the size in CSS pixels, for screens of today. */
const PNG_SCALE = 2
const FONT = '"DejaVu Sans", Verdana, sans-serif'

/** A chart as a whole picture. */
export function pictureOf(chart: Chart, render: ChartRenderer): string {
  const { title, caption, width, height } = chart
  const lines = wrapped(caption, Math.floor(width / CHARACTER_WIDTH))
  const top = CAPTION_BASELINE + (lines.length - 1) * CAPTION_LINE + 18
  const [fullWidth, fullHeight] = [width + 2 * MARGIN, top + height + MARGIN]
  const captionLines = lines.map(
    (line, i) =>
      `<text x="${MARGIN}" y="${CAPTION_BASELINE + i * CAPTION_LINE}" font-size="12" fill="var(--muted)">${escapeHtml(line)}</text>`,
  )
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${fullWidth}" height="${fullHeight}" viewBox="0 0 ${fullWidth} ${fullHeight}" font-family="${escapeHtml(FONT)}">`,
    `<rect width="${fullWidth}" height="${fullHeight}" fill="var(--surface)"/>`,
    `<text x="${MARGIN}" y="${TITLE_BASELINE}" font-size="18" font-weight="bold" fill="var(--text)">${escapeHtml(title)}</text>`,
    ...captionLines,
    render(chart).replace('<svg ', () => `<svg x="${MARGIN}" y="${top}" `),
    '</svg>',
    '',
  ]
  return withColors(svg.join('\n'), LIGHT)
}

/** Turns pictures into PNGs; undefined where the fonts are not installed, without which all text would vanish. */
export async function loadPngRenderer(): Promise<((svg: string) => Uint8Array) | undefined> {
  const fontFiles = fonts()
  if (fontFiles === undefined) return undefined
  const { Resvg } = await import('@resvg/resvg-js')
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' }
  return (svg) => new Resvg(svg, { font, fitTo: { mode: 'zoom', value: PNG_SCALE } }).render().asPng()
}

function fonts(): string[] | undefined {
  const require = createRequire(import.meta.url)
  try {
    const files = [
      require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
      require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
    ]
    return files.every((file) => existsSync(file)) ? files : undefined
  } catch {
    return undefined
  }
}

function wrapped(text: string, most: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < most) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
