/** On two short scenarios; the whole is made by bench/calibrate.ts, for docs/calibration.md. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { calibrationTable, writeCalibration } from '../../src/report/index.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import { type Calibration, calibrate } from '../../src/study/index.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'

const short: Scenario = {
  ...smallScenario,
  world: 'virtual',
  accounts: 60,
  maxConcurrentUsers: 60,
  phases: [phaseOf({ users: 40, rampUpMs: 0, pace: 6, durationMs: 120_000 })],
}
const { services } = short.shop
const slow = { ...services['inventory-service'], speeds: [1, 0.2], workers: 1 }
const unequal: Scenario = {
  ...short,
  name: 'unequal',
  shop: { ...short.shop, services: { ...services, 'inventory-service': slow } },
}

describe('calibration', () => {
  const source = { file: 'short.yaml', dialect: 'native' } as const
  let calibration: Calibration
  beforeAll(async () => {
    calibration = await calibrate({
      scenarios: [short, unequal].map((scenario) => ({ scenario, source })),
      logger: 'epsilon-greedy(least-outstanding, epsilon=0.5)',
      policies: ['random', 'least-outstanding'],
      seeds: 3,
      jobs: 1,
    })
  }, 60_000)

  it('has a point per scenario and policy, estimated and realised', () => {
    expect(calibration.points.map(({ scenario, policy }) => [scenario, policy])).toEqual([
      [short.name, 'random'],
      [short.name, 'least-outstanding'],
      ['unequal', 'random'],
      ['unequal', 'least-outstanding'],
    ])
    for (const { realised, estimates } of calibration.points) {
      expect(realised.low).toBeLessThan(realised.mean)
      for (const { value, refusal, estimator } of estimates) {
        expect(refusal, estimator).toBeNull()
        // A reward per decision, in both cases: what one decision changes is far less than what it earns.
        expect(Math.abs(value - realised.mean), estimator).toBeLessThan(Math.abs(realised.mean))
      }
    }
  })

  it('has the signs right where there is something to tell', () => {
    const [random, greedy] = calibration.points.slice(2)
    const robust = ({ estimates }: typeof random & {}) => estimates[0]!.difference.value
    expect(random!.realisedDifference.high).toBeLessThan(0)
    expect(robust(random!)).toBeLessThan(0)
    expect(greedy!.realisedDifference.low).toBeGreaterThan(0)
    expect(robust(greedy!)).toBeGreaterThan(0)
  })

  it('becomes a table and charts with every policy, the same twice', async () => {
    const table = calibrationTable(calibration)
    expect(table.split('\n').filter((line) => line.startsWith('| unequal'))).toHaveLength(2)
    const directory = mkdtempSync(join(tmpdir(), 'loadgen-calibrate-'))
    try {
      const files = await writeCalibration(directory, calibration)
      expect(files.map((file) => file.slice(directory.length + 1))).toEqual([
        'calibration.json',
        'calibration-table.md',
        'calibration-doubly-robust.svg',
        'calibration-snips.svg',
        'calibration-direct-method.svg',
      ])
      const svg = readFileSync(files[2]!, 'utf8')
      expect(svg).toContain('least-outstanding')
      expect(svg).toContain('realised difference to the logger')
      expect(svg, 'no variable without its colour').not.toContain('var(--')
      expect(svg.match(/<circle|<path/g)!.length).toBeGreaterThan(4)
      await writeCalibration(directory, calibration)
      expect(readFileSync(files[2]!, 'utf8')).toBe(svg)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
