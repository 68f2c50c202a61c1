import { expect, it } from 'vitest'
import { faultBands } from '../../src/report/charts/fault-bands.ts'
import type { FaultSummary } from '../../src/study/index.ts'
import { fault } from './run-summary-fixture.ts'

const END_MS = 10_000

function endsOf(...faults: FaultSummary[]): unknown[] {
  const [series] = faultBands(faults, END_MS, 500).series
  return series!.markArea!.data!.map((band) => (band as unknown as { xAxis: number }[])[1]!.xAxis)
}

it('are as long as the effects, and end with the run', () => {
  const crash = fault('crash', 1000, 3000)
  expect(endsOf(crash, { ...crash, effectEndMs: 7000 }, { ...crash, effectEndMs: 12_000 })).toEqual([
    3000,
    7000,
    END_MS,
  ])
})
