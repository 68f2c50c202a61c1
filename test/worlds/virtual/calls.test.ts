/** Conservation: every call is answered, and a client's request causes exactly the calls that its endpoint makes. */
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/core/index.ts'
import { recordsByTrace, runVirtually } from '../virtual-run.ts'
import { openLoop } from './open-loop.ts'

const run = runVirtually(openLoop(3, 4), {
  seed: 5,
  policy: 'epsilon-greedy(least-outstanding, epsilon=0.2)',
})
const byTrace = recordsByTrace(run.records)

/** Routes of the calls that a request caused, with their counts; none of its own. */
function callsOf(trace: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { route, hop } of byTrace.get(trace)!) if (hop > 0) counts[route] = (counts[route] ?? 0) + 1
  return counts
}

function succeeded(action: string) {
  const requests = run.requests.filter((request) => request.action === action && request.reply.status < 300)
  expect(requests.length).toBeGreaterThan(100)
  return requests
}

describe('every decision', () => {
  it('is recorded once and answered by the end', () => {
    const decisions = run.records.map(({ decision }) => decision).toSorted((a, b) => a - b)
    expect(decisions).toEqual(decisions.map((_, i) => i))
    expect(run.records.filter(({ outcome, reward }) => outcome === null || reward === null)).toEqual([])
  })

  it('is counted where the balancer counts', () => {
    const counted = run.decisions.services.flatMap(({ instances }) => instances.map(({ answers }) => answers))
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(run.records.length)
  })

  it('is cut only where nothing follows: the last of every service', () => {
    const truncated = run.records.filter((record) => record.truncated)
    expect(truncated.map(({ service }) => service).toSorted()).toEqual(
      [...new Set(run.records.map(({ service }) => service))].toSorted(),
    )
    expect(run.records.some(({ done }) => done)).toBe(false)
  })
})

describe("a client's request", () => {
  it('has a trace of its own and one decision of hop 0', () => {
    expect(byTrace.size).toBe(run.requests.length)
    for (const { trace, service } of run.requests) {
      const own = byTrace.get(trace)!.filter(({ hop }) => hop === 0)
      expect(own).toHaveLength(1)
      expect([own[0]!.service, own[0]!.decision]).toEqual([service, byTrace.get(trace)![0]!.decision])
    }
  })

  it('takes as long as its decision and the way back', () => {
    for (const { trace, startMs, endMs } of run.requests) {
      const { latencyMs } = byTrace.get(trace)![0]!.outcome!
      expect(endMs - startMs).toBeCloseTo(latencyMs!, 2)
    }
  })

  it('never takes less than its bound', () => {
    for (const { boundMs, startMs, endMs } of run.requests) {
      expect(boundMs).toBeGreaterThan(0)
      expect(endMs - startMs).toBeGreaterThan(boundMs - 1e-6)
    }
  })
})

describe('fan-out', () => {
  it('of an order: cart, notification, a reservation per item, payment, clearing, two notifications', () => {
    for (const { trace, reply } of succeeded('order')) {
      const { items } = reply.body as JsonObject
      expect(callsOf(trace)).toEqual({
        'cart.view': 1,
        'inventory.reserve': (items as unknown[]).length,
        'payment.pay': 1,
        'cart.clear': 1,
        'notification.send': 3,
      })
    }
  })

  it('of an item put into the cart: the product and its stock', () => {
    for (const { trace } of succeeded('cartAdd')) {
      expect(callsOf(trace)).toEqual({ 'inventory.product': 1, 'inventory.stock': 1 })
    }
  })

  it.each(['register', 'login', 'browse', 'search', 'product'])('of %s: none', (action) => {
    for (const { trace } of succeeded(action)) expect(callsOf(trace)).toEqual({})
  })
})

it('keeps what the users were promised: every check of a reply holds', () => {
  expect(run.failedChecks).toEqual([])
  expect(run.requests.filter(({ expected }) => !expected)).toEqual([])
})
