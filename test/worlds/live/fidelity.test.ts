/** What is kept of how well the load was generated: exact when merged, complete as JSON. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Fidelity } from '../../../src/worlds/index.ts'
import { recordDelay } from '../../../src/worlds/live/loop-probe.ts'

/** As fine as clocks are: sums of such numbers are exact. */
const upTo = (ms: number) => fc.integer({ min: 0, max: ms * 1024 }).map((ticks) => ticks / 1024)
const start = fc.record({
  intendedMs: upTo(60_000),
  lagMs: upTo(200),
})
const share = fc.record({
  starts: fc.array(start, { maxLength: 30 }),
  loopDelays: fc.array(upTo(500), { maxLength: 10 }),
  processes: fc.array(
    fc.record({ cpuMs: upTo(1e4), waitMs: fc.option(upTo(100)), wallMs: fc.constantFrom(1e4, 2e4) }),
    { maxLength: 3 },
  ),
  troubles: fc.array(fc.constantFrom('no thread', 'no clock'), { maxLength: 2 }),
})
type Share = typeof share extends fc.Arbitrary<infer Value> ? Value : never

function fidelityOf(...shares: readonly Share[]): Fidelity {
  const fidelity = new Fidelity()
  for (const { starts, loopDelays, processes, troubles } of shares) {
    for (const { intendedMs, lagMs } of starts) fidelity.onStart(intendedMs, intendedMs + lagMs)
    for (const delayMs of loopDelays) fidelity.loopDelay.record(delayMs)
    for (const use of processes) fidelity.onProcess(use)
    for (const trouble of troubles) fidelity.onTrouble(trouble)
  }
  return fidelity
}

const reread = (fidelity: Fidelity) => JSON.parse(JSON.stringify(fidelity))

describe('the fidelity of a run', () => {
  it('merged from two shares is that of both together, whichever comes first', () => {
    fc.assert(
      fc.property(share, share, (a, b) => {
        const one = fidelityOf(a)
        one.merge(fidelityOf(b))
        const other = fidelityOf(b)
        other.merge(fidelityOf(a))
        const whole = reread(fidelityOf(a, b))
        expect([reread(one), reread(other)]).toEqual([whole, whole])
      }),
    )
  })

  it('comes back from JSON as it was', () => {
    fc.assert(
      fc.property(share, (a) => {
        const json = reread(fidelityOf(a))
        expect(reread(Fidelity.fromJSON(json))).toEqual(json)
      }),
    )
  })

  it('tells how evenly the starts were planned, and how evenly they were made', () => {
    const fidelity = new Fidelity()
    for (let k = 0; k < 10_000; k++) {
      const intendedMs = (k + 0.5) / 2
      // Late until the next full 50 ms: bursts of a hundred.
      fidelity.onStart(intendedMs, Math.ceil(intendedMs / 50) * 50)
    }
    expect(fidelity.planned.dispersion).toBe(0)
    // One bin of five has all: (4/5 of the mean and 4 times it)^2 over the mean of 20.
    expect(fidelity.actual.dispersion).toBeCloseTo(80, -1)
    expect(fidelity.lag.quantile(0.5)).toBeCloseTo(24.75, 0)
  })
})

describe('the delay of the event loop', () => {
  const delays = (lateMs: number) => {
    const all: number[] = []
    recordDelay({ record: (delayMs) => all.push(delayMs) }, lateMs)
    return all
  }

  it('is of any moment: a look that is late puts in those that it has hidden', () => {
    expect(delays(0.3)).toEqual([0.3])
    expect(delays(19.9)).toEqual([19.9])
    expect(delays(65)).toEqual([65, 45, 25, 5])
  })

  it('is none for a look that is early', () => {
    expect(delays(-0.7)).toEqual([0])
  })

  it('is of a bounded number of looks', () => {
    expect(delays(1e9)).toHaveLength(10_001)
  })
})
