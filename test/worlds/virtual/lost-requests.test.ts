/** Instances that give no answer, in the virtual world: every call ends, and everybody is told how. */
import { describe, expect, it } from 'vitest'
import { faultOf } from '../../shop/hostile-scenario.ts'
import { runVirtually } from '../virtual-run.ts'
import { expectBalancedBooks, hits, INVENTORY, inventoryFault, MINUTE_MS, troubled } from './troubled-run.ts'

describe('an instance that never answers', () => {
  it('is given up by the balancer: 504 for the client, a timeout in the log', () => {
    const run = runVirtually(
      troubled({ faults: [inventoryFault('black-hole', { rate: 0.3 })], timeoutMs: 1500 }),
    )
    expectBalancedBooks(run)
    const lost = hits(run).filter(({ reply }) => reply.status === 504)
    expect(lost.length).toBeGreaterThan(100)
    for (const { startMs, endMs, reply } of lost) {
      expect(endMs - startMs).toBeCloseTo(1500, 3)
      expect(reply.failure).toBeUndefined()
    }
    const failures = run.records.filter(({ outcome }) => outcome!.failure !== null)
    expect(new Set(failures.map(({ outcome }) => `${outcome!.failure} ${outcome!.status}`))).toEqual(
      new Set(['timeout 0']),
    )
  })

  it('is given up even after its client has left: nothing is open at the end', () => {
    const run = runVirtually(
      troubled({
        faults: [inventoryFault('black-hole', { rate: 0.3 })],
        client: { timeoutMs: 500 },
        timeoutMs: 3000,
      }),
    )
    expectBalancedBooks(run)
    const lost = hits(run).filter(({ reply }) => reply.failure === 'timeout')
    expect(lost.length).toBeGreaterThan(100)
    for (const { startMs, endMs } of lost) expect(endMs - startMs).toBeCloseTo(500, 3)
    const timeouts = run.records.filter(({ outcome }) => outcome!.failure === 'timeout')
    expect(timeouts.length).toBeGreaterThanOrEqual(lost.length)
    for (const { outcome } of timeouts) expect(outcome!.latencyMs).toBeCloseTo(3000, 2)
  })
})

describe('an instance that refuses connections', () => {
  it('is a 502 for the client and "reset" in the log: its connection was there already', () => {
    const run = runVirtually(troubled({ faults: [inventoryFault('refuse', { rate: 0.5 })] }))
    expectBalancedBooks(run)
    const failed = hits(run).filter(({ expected }) => !expected)
    expect(failed.length / hits(run).length).toBeCloseTo(0.5, 1)
    for (const { reply } of failed) expect(reply.status).toBe(502)
    const failures = run.records.map(({ outcome }) => outcome!.failure).filter((failure) => failure !== null)
    expect(new Set(failures)).toEqual(new Set(['reset']))
  })
})

describe('a crash', () => {
  it('resets the requests that the instance works on, and those that its handlers are about', () => {
    // Carts that take seconds keep orders in their handlers.
    const orders = ['order-service-1', 'order-service-2', 'order-service-3']
    const window = { startMs: MINUTE_MS, durationMs: 10_000 }
    const run = runVirtually(
      troubled({
        faults: [
          faultOf('latency', { durationMs: MINUTE_MS, parameters: { latencyMs: 3000 } }),
          faultOf('crash', {
            ...window,
            instances: [...orders, INVENTORY[0]!],
            parameters: { warmUpSeconds: 0 },
          }),
        ],
      }),
    )
    expect(run.stopped).toBeUndefined()
    const reset = run.records.filter(({ outcome }) => outcome!.failure === 'reset')
    const inHandlers = reset.filter(
      ({ route, outcome }) => route === 'order.place' && outcome!.workMs !== null,
    )
    expect(inHandlers.length).toBeGreaterThan(2)
    for (const { t, outcome } of inHandlers) expect(t + outcome!.latencyMs!).toBeCloseTo(MINUTE_MS, 2)
    const after = run.records.filter(({ t, service }) => t > 75_000 && service === 'order-service')
    expect(after.length).toBeGreaterThan(10)
    expect(after.filter(({ outcome }) => outcome!.failure !== null)).toEqual([])
  })
})

it('a crash ends what the handlers of the instance were about: they ask no other service any more', () => {
  const CARTS = ['cart-service-1', 'cart-service-2', 'cart-service-3']
  const window = { startMs: MINUTE_MS, durationMs: 20_000 }
  const slowStock = faultOf('latency', {
    instances: INVENTORY,
    durationMs: 2 * MINUTE_MS,
    parameters: { latencyMs: 3000 },
  })
  const lookUps = (crashes: boolean) => {
    const crash = faultOf('crash', { instances: CARTS, ...window })
    const run = runVirtually(troubled({ faults: crashes ? [slowStock, crash] : [slowStock] }))
    expect(run.stopped).toBeUndefined()
    // A cart asks for the product first, and for its stock when it has that: three seconds later.
    return run.records.filter(
      ({ t, hop, route }) =>
        hop === 1 &&
        route === 'inventory.stock' &&
        t > window.startMs &&
        t < window.startMs + window.durationMs,
    )
  }
  expect(lookUps(false).length).toBeGreaterThan(20)
  expect(lookUps(true)).toEqual([])
})

it('a crash resets even what a slow network holds back, and what a fault has swallowed', () => {
  const window = { startMs: MINUTE_MS, durationMs: 20_000 }
  const run = runVirtually(
    troubled({
      faults: [
        inventoryFault('latency', { latencyMs: 4000 }),
        inventoryFault('black-hole', { rate: 0.2 }),
        faultOf('crash', { instances: INVENTORY, ...window }),
      ],
    }),
  )
  expect(run.stopped).toBeUndefined()
  const open = run.records.filter(
    ({ service, t, outcome }) =>
      service === 'inventory-service' &&
      t < window.startMs &&
      t + outcome!.latencyMs! > window.startMs - 0.01,
  )
  expect(open.length).toBeGreaterThan(5)
  for (const { t, outcome } of open) {
    expect(outcome!.failure).toBe('reset')
    expect(t + outcome!.latencyMs!).toBeCloseTo(window.startMs, 2)
  }
})

it('no request is faster than its bound, whatever goes wrong', () => {
  const run = runVirtually({
    ...troubled({
      faults: [
        inventoryFault('errors', { rate: 0.2 }),
        faultOf('crash', { instances: ['cart-service-1'], startMs: MINUTE_MS, durationMs: 20_000 }),
        faultOf('queue-shrink', {
          instances: INVENTORY,
          durationMs: 2 * MINUTE_MS,
          parameters: { queueLimit: 0 },
        }),
      ],
      client: { timeoutMs: 40 },
    }),
  })
  expect(run.requests.filter(({ expected }) => !expected).length).toBeGreaterThan(100)
  for (const { boundMs, startMs, endMs } of run.requests)
    expect(endMs - startMs).toBeGreaterThan(boundMs - 1e-6)
})
