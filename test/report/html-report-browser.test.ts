/** The report in a real browser, offline. Needs /usr/bin/chromium; skipped with a warning where it is absent. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeHtmlReport } from '../../src/report/html-report.ts'
import { RUN_SUMMARY } from './run-summary-fixture.ts'

const CHROMIUM = '/usr/bin/chromium'
const installed = existsSync(CHROMIUM)
if (!installed)
  console.warn(`SKIPPED: the report is not tested in a browser: ${CHROMIUM} is absent (apt install chromium)`)

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

describe.skipIf(!installed)('report.html in Chromium', () => {
  let directory: string
  let browser: Browser

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'loadgen-report-'))
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  })
  afterAll(async () => {
    await browser?.close()
    await rm(directory, { recursive: true })
  })

  it.each(['light', 'dark'] as const)(
    'opens offline in %s without a request or an error',
    async (colorScheme) => {
      const url = pathToFileURL(await writeHtmlReport(directory, RUN_SUMMARY)).href
      const context = await browser.newContext({ offline: true, colorScheme })
      const page = await context.newPage()
      const requests: string[] = []
      const complaints: string[] = []
      page.on('request', (request) => requests.push(request.url()))
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      await page.goto(url)

      const charts = page.locator('svg')
      const boxes = await Promise.all((await charts.all()).map((chart) => chart.boundingBox()))
      expect(boxes).toHaveLength(14)
      for (const box of boxes) {
        expect(box?.width).toBeGreaterThan(400)
        expect(box?.height).toBeGreaterThan(40)
      }
      expect(await page.getByText('is better than').first().isVisible()).toBe(true)
      const colours = await page.evaluate<string[]>(
        "[...document.querySelectorAll('svg text')].map((text) => getComputedStyle(text).fill)",
      )
      expect(new Set(colours)).toEqual(new Set(colorScheme === 'light' ? LIGHT_INKS : DARK_INKS))
      expect(requests).toEqual([url])
      expect(complaints).toEqual([])
      await context.close()
    },
  )

  it('does not scroll sideways on a phone', async () => {
    const url = pathToFileURL(await writeHtmlReport(directory, RUN_SUMMARY)).href
    const page = await browser.newPage({ viewport: { width: 390, height: 800 } })
    await page.goto(url)
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
    expect(overflow).toBeLessThanOrEqual(0)
    await page.close()
  })
})

/** --text and --muted of the page: the variables really reach the texts of the charts. */
const LIGHT_INKS = ['rgb(27, 36, 48)', 'rgb(93, 104, 118)']
const DARK_INKS = ['rgb(230, 234, 240)', 'rgb(154, 166, 180)']
