import { describe, expect, it } from 'vitest'
import type { ChaosWave, Fault } from '../../src/scenario/index.ts'
import { ConditionTimeline } from '../../src/shop/index.ts'
import { faultOf, hostileScenario, parametersOf } from './hostile-scenario.ts'

const HOUR_MS = 3_600_000

function waveOf(settings: Partial<ChaosWave> = {}): ChaosWave {
  return {
    startMs: 1000,
    durationMs: HOUR_MS,
    everyMs: 10_000,
    lengthMs: [5000, 60_000],
    services: ['cart-service', 'order-service'],
    share: 0.5,
    faults: ['refuse', 'capacity-dip', 'fail-fast'].map((kind) => ({ kind, parameters: parametersOf(kind) })),
    ...settings,
  }
}

function drawn(chaos: readonly ChaosWave[], seed = 1, faults: readonly Fault[] = []): readonly Fault[] {
  return new ConditionTimeline(hostileScenario({ chaos, faults }), seed).faults.slice(faults.length)
}

const overlap = (a: Fault, b: Fault): boolean =>
  a.startMs < b.startMs + b.durationMs &&
  b.startMs < a.startMs + a.durationMs &&
  a.instances.some((id) => b.instances.includes(id))

describe('a wave of chaos', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(drawn([waveOf()], 7)).toEqual(drawn([waveOf()], 7))
    expect(drawn([waveOf()], 8)).not.toEqual(drawn([waveOf()], 7))
  })

  it('is what this seed has always drawn', () => {
    const faults = drawn([waveOf()], 7).slice(0, 4)
    expect(faults.map(({ kind, startMs, instances }) => [kind, Math.round(startMs), ...instances])).toEqual([
      ['refuse', 24_470, 'cart-service-2', 'cart-service-3'],
      ['refuse', 29_188, 'order-service-1', 'order-service-3'],
      ['refuse', 35_853, 'order-service-2'],
      ['refuse', 41_871, 'cart-service-1'],
    ])
  })

  it('stays within its window, its services, its lengths and its faults', () => {
    const wave = waveOf()
    const faults = drawn([wave])
    const endMs = wave.startMs + wave.durationMs
    for (const { kind, instances, startMs, durationMs } of faults) {
      expect(wave.faults.map((fault) => fault.kind)).toContain(kind)
      expect(new Set(instances.map((id) => id.replace(/-\d+$/, ''))).size).toBe(1)
      expect(wave.services).toContain(instances[0]!.replace(/-\d+$/, ''))
      expect(startMs).toBeGreaterThanOrEqual(wave.startMs)
      expect(startMs + durationMs).toBeLessThanOrEqual(endMs)
      expect(durationMs).toBeLessThanOrEqual(60_000)
      if (startMs + durationMs < endMs) expect(durationMs).toBeGreaterThanOrEqual(5000)
    }
  })

  it('brings faults as often as it says, within 4 sigma of a Poisson process', () => {
    // So short and so many instances that none is left out.
    const { length } = drawn([waveOf({ lengthMs: [1, 1], durationMs: 10 * HOUR_MS })])
    expect(Math.abs(length - 3600)).toBeLessThan(4 * Math.sqrt(3600))
  })

  it('uses every kind and every service', () => {
    const faults = drawn([waveOf()])
    expect(new Set(faults.map(({ kind }) => kind)).size).toBe(3)
    expect(new Set(faults.map(({ instances }) => instances[0]!.split('-')[0]))).toEqual(
      new Set(['cart', 'order']),
    )
  })

  it('never lets faults contradict each other', () => {
    const faults = drawn([waveOf({ everyMs: 2000 }), waveOf({ startMs: 500, everyMs: 3000 })])
    expect(faults.length).toBeGreaterThan(200)
    let meetings = 0
    for (const [i, fault] of faults.entries()) {
      for (const other of faults.slice(0, i).filter((candidate) => overlap(fault, candidate))) {
        meetings++
        expect([fault.kind, other.kind], 'one of them takes no requests').toContain('capacity-dip')
        expect(fault.kind).not.toBe(other.kind)
      }
    }
    expect(meetings).toBeGreaterThan(0)
  })

  it('never takes more requests than there are, however many faults meet', () => {
    const kinds = ['refuse', 'errors', 'reset', 'timeouts']
    const faults = drawn([
      waveOf({
        everyMs: 2000,
        faults: kinds.map((kind) => ({ kind, parameters: parametersOf(kind, { rate: 0.4 }) })),
      }),
      waveOf({
        everyMs: 2000,
        faults: [{ kind: 'black-hole', parameters: parametersOf('black-hole', { rate: 0.2 }) }],
      }),
    ])
    const takenAt = ({ startMs: atMs }: Fault, id: string): number =>
      faults
        .filter(({ instances, startMs, durationMs }) => {
          return instances.includes(id) && startMs <= atMs && atMs < startMs + durationMs
        })
        .reduce((sum, { parameters }) => sum + parameters.rate!, 0)
    const sums = faults.flatMap((fault) => fault.instances.map((id) => takenAt(fault, id)))
    expect(Math.max(...sums)).toBeCloseTo(1, 9)
  })

  it('leaves out what is too much beside two that are placed', () => {
    const placed = ['errors', 'reset'].map((kind) =>
      faultOf(kind, { startMs: 0, durationMs: 2 * HOUR_MS, parameters: { rate: 0.4 } }),
    )
    const rates = [0.3, 0.2].map((rate) => ({ kind: 'refuse', parameters: parametersOf('refuse', { rate }) }))
    const faults = drawn([waveOf({ services: ['cart-service'], faults: rates })], 1, placed)
    expect(new Set(faults.map(({ parameters }) => parameters.rate))).toEqual(new Set([0.2]))
  })

  it('leaves out what contradicts the faults that are placed', () => {
    const placed = faultOf('refuse', { startMs: 0, durationMs: 2 * HOUR_MS })
    const faults = drawn([waveOf({ services: ['cart-service'] })], 1, [placed])
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['capacity-dip']))
  })
})
