import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Knee } from '../../src/study/index.ts'
import { temporaryDirectory } from '../learning/synthetic-run.ts'
import { fileOf } from '../scenario/scenario-files.ts'
import { capture } from './capture.ts'

const SCENARIO = `
name: one-shop
description: A request per session
accounts: 100
phases:
  - { name: quiet, durationMinutes: 1, sessionsPerSecond: 1, behaviors: { look: 1 } }
  - { name: busy, durationMinutes: 1, sessionsPerSecond: 4, behaviors: { look: 1 } }
behaviors:
  look:
    description: A search that nobody is signed in for
    requests:
      - { name: look, get: "/api/inventory/search?query=lamp", service: inventory, expect: { status: [401] } }
shop: { work: { inventory.search: { meanMs: 50 } }, services: { inventory: { speeds: [1], workers: 1 } } }
thresholds: { p95LatencyMs: "< 400", requestsPerSecond: ">= 100" }
`

describe('knee', () => {
  it.each([
    ['', 2, /knee needs to know whose users come: add --config FILE or --scenario NAME/],
    [
      '--scenario validation --phase warmup',
      2,
      /--phase: the scenario has no phase "warmup" \(did you mean "warm-up"\?\); it has: /,
    ],
    ['--scenario validation --threshold p95<5', 2, /--threshold: unknown metric "p95"/],
    ['--scenario validation --threshold requests>5', 2, /knee needs a threshold that a high rate breaks/],
    [
      '--scenario validation --threshold p95LatencyMs{action:serch}<5',
      2,
      /--threshold: p95LatencyMs\{action:serch\}: no request has action "serch" \(did you mean "search"\?\)/,
    ],
    ['--scenario validation --from 0', 2, /--from: expected a number above 0, got "0"/],
    ['--scenario validation --from 9 --to 3', 2, /--from must be below --to, got 9 and 3/],
    ['--scenario validation --seconds -1', 2, /--seconds: expected a number above 0, got "-1"/],
    ['--scenario validation --warm-up -1', 2, /--warm-up: expected a number from 0, got "-1"/],
    ['--scenario validation --repeats 0', 2, /--repeats: expected a whole number from 1, got "0"/],
    ['--scenario validation --policy leest', 2, /unknown policy "leest"/],
    [
      '--scenario validation --world virtual --target http://127.0.0.1:9',
      2,
      /cannot be used with --world virtual/,
    ],
    ['--scenario validation --policy c3 --target http://127.0.0.1:9', 2, /leave --policy or --target away/],
    ['--scenario validation --target http://127.0.0.1:9', 5, /127\.0\.0\.1:9/],
  ])('refuses %s before anything is tried', async (flags, code, message) => {
    const refused = await capture(`knee ${flags}`.trim())
    expect(refused).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) })
    expect(refused.stderr).not.toContain('searching')
  })

  it('searches in the busiest phase and writes what it found; the same with any number of threads', async () => {
    const out = join(temporaryDirectory(), 'out')
    const flags = `--config ${fileOf(SCENARIO)} --seconds 20 --repeats 2 --precision 0.3 --out ${out}`
    const one = await capture(`knee ${flags} --jobs 1`)
    expect(one.code).toBe(0)
    expect(one.stderr).toMatch(
      /searching: sessions of phase busy, between 0\.0039\/s and 4,096\/s, from 4\.00\/s/,
    )
    expect(one.stderr).toMatch(/warning: requestsPerSecond >= 100 is left aside/)
    expect(one.stdout).toMatch(/Knee at 1\d\.\d\/s \(95% interval/)
    const written = JSON.parse(readFileSync(join(out, 'knee.json'), 'utf8')) as Knee
    const two = await capture(`knee ${flags} --jobs 2 --json`)
    const { directory, files, ...told } = JSON.parse(two.stdout) as Knee & Record<string, unknown>
    expect(told).toEqual(written)
    expect(directory).toBe(out)
    expect(files).toContain(join(out, 'knee.svg'))
  })
})
