/** What clients do about failures in the virtual world, and that the books balance whatever they do. */
import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../src/scenario/index.ts'
import { faultOf } from '../../shop/hostile-scenario.ts'
import { recordsByTrace, runVirtually, type VirtualRun } from '../virtual-run.ts'
import {
  base,
  expectBalancedBooks,
  hits,
  INVENTORY,
  inventoryFault,
  isGet,
  MINUTE_MS,
  troubled,
} from './troubled-run.ts'

const { retries } = base.client

describe('retries', () => {
  const flaky = [inventoryFault('errors', { rate: 0.3, status: 503 })]

  it('turn most failures into answers, each after its back-off', () => {
    const client = { retries: { ...retries, most: 3, backoffMs: 100, jitter: 'none', budget: null } } as const
    const run = runVirtually(troubled({ faults: flaky, client }))
    expectBalancedBooks(run)
    const gets = hits(run).filter(isGet)
    const counts = [1, 2, 3, 4].map(
      (attempts) => gets.filter((request) => request.attempts === attempts).length,
    )
    for (const [i, count] of counts.slice(0, 3).entries()) {
      const share = 0.7 * 0.3 ** i
      const error = Math.sqrt((share * (1 - share)) / gets.length)
      expect(Math.abs(count / gets.length - share)).toBeLessThan(4 * error)
    }
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(gets.length)
    for (const { attempts, retries: retried, startMs, endMs, expected } of gets) {
      expect(retried).toBe(attempts - 1)
      if (attempts < 4) expect(expected).toBe(true)
      expect(endMs - startMs).toBeGreaterThan([0, 100, 300, 700][retried]!)
    }
  })

  it('never repeat what may then happen twice, unless that is asked for', () => {
    const client = (unsafe: boolean) => ({ retries: { ...retries, most: 2, budget: null, unsafe } })
    const most = (unsafe: boolean): number => {
      const run = runVirtually(troubled({ faults: flaky, client: client(unsafe) }))
      const posts = run.requests.filter(({ action }) => ['cartAdd', 'order'].includes(action))
      expect(posts.some(({ expected }) => !expected)).toBe(true)
      return Math.max(...posts.map(({ attempts }) => attempts))
    }
    expect([most(false), most(true)]).toEqual([1, 3])
  })

  it('follow only the causes that are named', () => {
    const client = { retries: { ...retries, most: 2, budget: null, on: ['502'] as const } }
    const run = runVirtually(troubled({ faults: flaky, client }))
    expect(run.requests.some(({ reply }) => reply.status === 503)).toBe(true)
    expect(Math.max(...run.requests.map(({ attempts }) => attempts))).toBe(1)
  })

  it('stay within their budget', () => {
    const dead = [inventoryFault('fail-fast')]
    const budgeted = (budget: number | null): number => {
      const client = { retries: { ...retries, most: 20, backoffMs: 0, budget } }
      const run = runVirtually(troubled({ faults: dead, client }))
      expectBalancedBooks(run)
      return run.requests.reduce((sum, request) => sum + request.retries, 0)
    }
    // Ten per second and the given share of all requests, over windows of ten seconds.
    const requests = runVirtually(troubled({ faults: dead })).requests.length
    const most = 10 * 130 + 0.1 * requests
    expect(budgeted(0.1)).toBeLessThan(most)
    expect(budgeted(null)).toBeGreaterThan(2 * most)
  })

  it('that the end of the run forestalls leave a request that is told with its last reply', () => {
    const client = {
      retries: { ...retries, most: 5, backoffMs: 1e6, maxBackoffMs: 1e6, jitter: 'none', budget: null },
    } as const
    const run = runVirtually(troubled({ faults: [inventoryFault('fail-fast')], client }))
    expectBalancedBooks(run)
    const cut = run.requests.filter(({ endMs }) => endMs === 2 * MINUTE_MS)
    expect(cut.length).toBeGreaterThan(100)
    for (const { attempts, reply } of cut) expect([attempts, reply.status]).toEqual([1, 503])
    expect(run.endMs).toBeLessThan(2 * MINUTE_MS + 10_000)
  })
})

describe('hedging', () => {
  const slow = [inventoryFault('latency', { latencyMs: 1000 }, [INVENTORY[0]!])]
  const latenciesOf = (run: VirtualRun): number[] =>
    hits(run)
      .filter(isGet)
      .map(({ startMs, endMs }) => endMs - startMs)
      .toSorted((a, b) => a - b)

  it('lets the faster copy win', () => {
    const plain = latenciesOf(runVirtually(troubled({ faults: slow })))
    const run = runVirtually(troubled({ faults: slow, client: { hedgeAfterMs: 150 } }))
    expectBalancedBooks(run)
    const hedged = latenciesOf(run)
    const at = (sorted: readonly number[], share: number): number =>
      sorted[Math.floor(share * sorted.length)]!
    expect(at(plain, 0.6)).toBeGreaterThan(1000)
    expect(at(hedged, 0.6)).toBeLessThan(300)
    const twice = hits(run).filter(({ attempts }) => attempts === 2)
    expect(twice.length).toBeGreaterThan(100)
    for (const request of twice) {
      expect([request.retries, isGet(request)]).toEqual([0, true])
      expect(request.endMs - request.startMs).toBeGreaterThan(150)
    }
    for (const { attempts, startMs, endMs } of run.requests.filter(isGet)) {
      // Who leaves at the end sends no copy any more.
      const left = startMs + 150 > 2 * MINUTE_MS
      if (!left && attempts === 1 && endMs - startMs > 150.001)
        expect.fail(`not hedged after ${endMs - startMs} ms`)
      if (attempts > 2) expect.fail(`${attempts} copies`)
    }
  })

  it('sends no copy of what has failed and waits for its retry', () => {
    const client = {
      hedgeAfterMs: 50,
      retries: { ...retries, most: 2, backoffMs: 200, jitter: 'none', budget: null },
    } as const
    const faults = [inventoryFault('fail-fast', {}, [INVENTORY[0]!]), ...slow.map(onTheOther)]
    const run = runVirtually(troubled({ faults, client }))
    expectBalancedBooks(run)
    const waited = recordsByTrace(run.records)
    for (const { trace, attempts, retries: retried } of hits(run).filter(isGet)) {
      const times = waited.get(trace)!.map(({ t }) => t)
      expect(retried).toBeLessThanOrEqual(2)
      expect(attempts - retried).toBeLessThanOrEqual(2)
      const failedFirst = waited.get(trace)![0]!.outcome!.status === 503
      if (failedFirst && times.length > 1) expect(times[1]! - times[0]!).toBeGreaterThan(200)
    }
  })
})

function onTheOther(fault: Fault): Fault {
  return { ...fault, instances: [INVENTORY[1]!] }
}

it('balances its books whatever goes wrong together', () => {
  const all = { ...base, shop: { ...base.shop, workScale: 3 } }
  const client = {
    timeoutMs: 800,
    hedgeAfterMs: 200,
    retries: { ...retries, most: 3, backoffMs: 20, budget: null, unsafe: true },
  }
  const faults = [
    inventoryFault('black-hole', { rate: 0.1 }),
    inventoryFault('errors', { rate: 0.1, status: 502 }),
    inventoryFault('reset', { rate: 0.1, afterMs: 100 }),
    inventoryFault('gc-pauses', { everySeconds: 5, pauseMs: 1500 }, [INVENTORY[1]!]),
    faultOf('crash', { startMs: 30_000, durationMs: 20_000, instances: [INVENTORY[0]!] }),
    faultOf('timeouts', { durationMs: 2 * MINUTE_MS, parameters: { rate: 0.2, afterSeconds: 3 } }),
  ]
  const { client: troubledClient, routing } = troubled({ client, timeoutMs: 4000 })
  expectBalancedBooks(runVirtually({ ...all, faults, client: troubledClient, routing }))
})
