/** Hedges of the balancer: copies of safe calls that are late, which of the answers counts, and what is recorded. */
import { describe, expect, it } from 'vitest'
import type { ExperienceRecord } from '../../../src/experience/index.ts'
import { faultOf } from '../../shop/hostile-scenario.ts'
import { recordsByTrace, runVirtually, type VirtualRun } from '../virtual-run.ts'
import { expectBalancedBooks, hits, INVENTORY, inventoryFault, isGet, troubled } from './troubled-run.ts'

const AFTER_MS = 60
const HEDGED = `hedging(round-robin, afterMs=${AFTER_MS})`
const SICK = ['inventory-service-1']
const OTHER = ['inventory-service-2']

const slow = troubled({
  faults: [inventoryFault('latency', { latencyMs: 400 }, SICK)],
})

const plain = runVirtually(slow, { policy: 'round-robin' })
const hedged = runVirtually(slow, { policy: HEDGED })

/** Decisions that repeat another one, with that one. */
function copiesOf({ records }: VirtualRun): (readonly [copy: ExperienceRecord, first: ExperienceRecord])[] {
  const byNumber = new Map(records.map((record) => [record.decision, record]))
  return records.flatMap((record) => {
    const { retryOf } = record.outcome!
    return retryOf === null ? [] : [[record, byNumber.get(retryOf)!] as const]
  })
}

const tookMs = (run: VirtualRun) =>
  hits(run)
    .filter(isGet)
    .map(({ startMs, endMs }) => endMs - startMs)

describe('a call that is late', () => {
  const copies = copiesOf(hedged)

  it('is sent to another instance after so long, once', () => {
    expect(copies.length).toBeGreaterThan(200)
    for (const [copy, first] of copies) {
      expect(copy.t - first.t).toBeCloseTo(AFTER_MS, 2)
      expect(copy.action!.index).not.toBe(first.action!.index)
      expect([copy.route, copy.trace, copy.hop]).toEqual([first.route, first.trace, first.hop])
    }
    expect(new Set(copies.map(([, first]) => first.decision)).size).toBe(copies.length)
    // Only who was late: nearly all of those that the slow instance had, and few others.
    const late = copies.filter(([, first]) => first.action!.instance === SICK[0])
    expect(late.length).toBeGreaterThan(0.9 * copies.length)
  })

  it('cuts the tail: no answer takes the time of the slow instance any more', () => {
    expect(Math.max(...tookMs(plain))).toBeGreaterThan(400)
    const slowOnes = (run: VirtualRun) => tookMs(run).filter((ms) => ms > 300).length / tookMs(run).length
    expect(slowOnes(plain)).toBeGreaterThan(0.4)
    expect(slowOnes(hedged)).toBeLessThan(0.01)
  })

  it('has both its answers recorded, as the instances gave them', () => {
    for (const [copy, first] of copies) {
      expect([copy.outcome!.status, first.outcome!.status]).toEqual([200, 200])
      if (first.action!.instance === SICK[0]) expect(first.outcome!.latencyMs).toBeGreaterThan(400)
      expect(copy.outcome!.workMs! / first.outcome!.workMs!).toBeGreaterThan(0)
    }
  })

  it('is answered once', () => {
    expect(hedged.stopped).toBeUndefined()
    expect(new Set(hedged.requests.map(({ trace }) => trace)).size).toBe(hedged.requests.length)
    expect(hedged.requests.every(({ reply }) => reply.status >= 200 && reply.status < 300)).toBe(true)
    for (const { boundMs, startMs, endMs } of hedged.requests)
      expect(endMs - startMs).toBeGreaterThan(boundMs - 1e-6)
  })

  it('is counted where the balancer counts', () => {
    const counted = hedged.decisions.services.flatMap(({ instances }) =>
      instances.map(({ answers }) => answers),
    )
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(hedged.records.length)
  })

  it('makes the same run every time', () => {
    expect(runVirtually(slow, { policy: HEDGED }).jsonl).toBe(hedged.jsonl)
  })
})

describe('what is not hedged', () => {
  it('is what changes something, and what is not late', () => {
    const posts = copiesOf(hedged).filter(([{ route }]) => route === 'inventory.reserve')
    expect(posts).toEqual([])
    const calm = runVirtually(troubled({}), { policy: 'hedging(round-robin, afterMs=30000)' })
    expect(copiesOf(calm)).toEqual([])
    expect(calm.jsonl.replaceAll(/"policy":\{[^}]*\}/g, '')).toBe(
      runVirtually(troubled({}), { policy: 'round-robin' }).jsonl.replaceAll(/"policy":\{[^}]*\}/g, ''),
    )
  })
})

describe('calls between services', () => {
  it('are hedged as well: the caller has the first answer, and goes on once', () => {
    const inner = copiesOf(hedged).filter(([{ hop }]) => hop > 0)
    expect(inner.length).toBeGreaterThan(20)
    const byTrace = recordsByTrace(hedged.records)
    for (const [{ trace }] of inner) {
      const carts = byTrace
        .get(trace)!
        .filter(({ route, outcome }) => route === 'cart.add' && outcome!.retryOf === null)
      expect(carts.length).toBeLessThanOrEqual(1)
    }
  })
})

describe('failures', () => {
  const CRASHES = Array.from({ length: 20 }, (_, k) =>
    faultOf('crash', {
      instances: [INVENTORY[k % 2]!],
      startMs: 5000 * k + 2000,
      durationMs: 2000,
      parameters: { warmUpSeconds: 0 },
    }),
  )

  it('do not count as long as the copy is under way', () => {
    // One fails while its copy is worked on at the other, which is slow; and the other way round.
    const broken = troubled({
      faults: [
        inventoryFault('reset', { afterMs: 100 }, SICK),
        inventoryFault('latency', { latencyMs: 400 }, OTHER),
      ],
    })
    const failed = (run: VirtualRun) =>
      hits(run)
        .filter(isGet)
        .filter(({ reply }) => reply.status >= 500 || reply.status === 0).length
    expect(failed(runVirtually(broken, { policy: 'round-robin' }))).toBeGreaterThan(50)
    const saved = runVirtually(broken, { policy: HEDGED })
    expect(failed(saved)).toBe(0)
  })

  it('count if both fail, and the run ends', () => {
    const dark = troubled({ faults: [inventoryFault('black-hole')], timeoutMs: 2000 })
    const run = runVirtually(dark, { policy: HEDGED })
    expect(run.stopped).toBeUndefined()
    const gets = hits(run).filter(isGet)
    expect(gets.length).toBeGreaterThan(100)
    for (const { reply, startMs, endMs } of gets) {
      expect(reply.status).toBe(504)
      // The copy is given up as late as it was sent later.
      expect(endMs - startMs).toBeCloseTo(2000 + AFTER_MS, 3)
    }
  })

  it('leave the client as patient as it was: it does not wait for the copy of what has failed for longer', () => {
    const halfDark = troubled({
      faults: [inventoryFault('reset', { afterMs: 100 }, SICK), inventoryFault('black-hole', {}, OTHER)],
      client: { timeoutMs: 1000 },
      timeoutMs: 5000,
    })
    const run = runVirtually(halfDark, { policy: HEDGED })
    expect(run.stopped).toBeUndefined()
    // The faults end with the run, while the last requests are under way.
    const gets = hits(run).filter((hit) => isGet(hit) && hit.startMs < 119_000)
    expect(gets.length).toBeGreaterThan(100)
    for (const { reply, startMs, endMs } of gets) {
      expect(reply).toEqual({ status: 0, failure: 'timeout' })
      expect(endMs - startMs).toBeCloseTo(1000, 3)
    }
  })

  it.each([
    ['a shop that keeps silent', [inventoryFault('black-hole', { rate: 0.5 })]],
    ['crashes of slow instances', [...CRASHES, inventoryFault('capacity-dip', { factor: 0.05 })]],
    ['slow answers', [inventoryFault('latency', { latencyMs: 900, jitterMs: 500 })]],
  ])('of %s: patience, retries and hedges of clients go on beside those of the balancer', (_, faults) => {
    const { retries } = slow.client
    const hasty = troubled({
      faults,
      client: {
        timeoutMs: 1000,
        hedgeAfterMs: 300,
        retries: { ...retries, most: 2, budget: null, on: ['timeout', 'reset', '503', '504'] },
      },
      timeoutMs: 3000,
    })
    const run = runVirtually(hasty, { policy: HEDGED })
    expect(run.stopped).toBeUndefined()
    expect(new Set(run.requests.map(({ trace }) => trace)).size).toBe(run.requests.length)
    expect(run.records.filter(({ outcome }) => outcome === null)).toEqual([])
    expect(copiesOf(run).length).toBeGreaterThan(100)
  })
})

it('without hedges the books are as ever', () => {
  expectBalancedBooks(plain)
})
