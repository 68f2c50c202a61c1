/** Requests that the balancer gives to no instance. */
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/index.ts'
import { SERVICES } from '../../../src/scenario/index.ts'
import { runVirtually, type VirtualRun } from '../virtual-run.ts'
import { hits, inventoryFault, troubled } from './troubled-run.ts'

const INVENTORY = SERVICES.indexOf('inventory-service')
const sheds = ({ decisions }: VirtualRun) => decisions.services.map((service) => service.sheds)
const errorsOf = (run: VirtualRun) =>
  hits(run)
    .filter(({ reply }) => reply.status === 503)
    .map(({ reply }) => (reply.body as JsonObject).error as string)

describe('shed by the policy', () => {
  const slow = troubled({ faults: [inventoryFault('latency', { latencyMs: 500 })] })
  const run = runVirtually(slow, { policy: 'backpressure(least-outstanding, limit=fixed, cap=1)' })

  it('are answered 503 at once, and say why', () => {
    const errors = errorsOf(run)
    expect(errors.length).toBeGreaterThan(50)
    for (const error of errors) expect(error).toMatch(/being shed.*inventory-service/)
    for (const { reply, startMs, endMs } of hits(run))
      if (reply.status === 503) expect(endMs - startMs).toBeCloseTo(slow.shop.hopMs, 6)
  })

  it('are counted by service, those between services too, and are no decisions', () => {
    expect(sheds(run)[INVENTORY]).toBeGreaterThanOrEqual(errorsOf(run).length)
    expect(run.records.filter(({ outcome }) => outcome!.status === 503 && outcome!.latencyMs! < 1)).toEqual(
      [],
    )
    const counted = run.decisions.services.flatMap(({ instances }) => instances.map(({ answers }) => answers))
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(run.records.length)
  })
})

describe('with nobody to take them', () => {
  const run = runVirtually(troubled({ faults: [inventoryFault('crash')] }))

  it('are counted as well, and say so', () => {
    const errors = errorsOf(run)
    expect(errors.length).toBeGreaterThan(50)
    for (const error of errors) expect(error).toMatch(/No healthy instances.*inventory-service/)
    expect(sheds(run)[INVENTORY]).toBeGreaterThanOrEqual(errors.length)
  })
})

it('are none where all goes well', () => {
  expect(sheds(runVirtually(troubled({})))).toEqual(SERVICES.map(() => 0))
})
