import { beforeEach, describe, expect, it } from 'vitest'
import type { PauseStep, Process, Reply } from '../../../src/core/index.ts'
import { type Host, isReply, ReplicaCondition, SELF_INFLICTED } from '../../../src/shop/index.ts'
import { bodyOf, ShopDriver } from '../shop-driver.ts'

let driver: ShopDriver
let token: string
beforeEach(() => {
  driver = new ShopDriver()
  token = driver.signIn('ada')
})

const start = (kind: string, query = '') =>
  driver.ask('POST', 'cart', `/api/degradation/${kind}/start${query}`, token)
const stop = (kind: string) => driver.ask('POST', 'cart', `/api/degradation/${kind}/stop`, token)
const stopAll = () => driver.ask('POST', 'cart', '/api/degradation/stop-all', token)
const status = () => bodyOf(driver.ask('GET', 'cart', '/api/degradation/status', token))
const view = () => driver.ask('GET', 'cart', '/api/cart', token).status

describe('starting', () => {
  it.each([
    ['cpu', '', { duration: 300, intensityPercent: 50 }],
    ['memory', '', { duration: 300, memoryPercent: 70 }],
    ['latency', '', { duration: 300, delayMs: 100 }],
    ['errors', '', { duration: 300, errorRatePercent: 30 }],
    ['gradual', '', { duration: 600, phases: 4 }],
    ['cpu', '?intensityPercent=90&durationSeconds=20', { duration: 20, intensityPercent: 90 }],
    ['gradual', '?totalDurationSeconds=8&phases=2', { duration: 8, phases: 2 }],
  ])('%s%s says what is going on', (kind, query, facts) => {
    expect(start(kind, query)).toEqual({
      status: 200,
      body: { message: expect.stringMatching(/ started$/), status: 'active', ...facts },
    })
  })

  it.each(['cpu', 'memory', 'latency', 'errors', 'gradual'])('%s once at a time', (kind) => {
    start(kind)
    expect(start(kind)).toMatchObject({ status: 400, body: { message: expect.stringContaining('already') } })
    driver.nowMs += 600_000
    expect(start(kind).status).toBe(200)
  })

  it('wants whole numbers that can be', () => {
    expect(bodyOf(start('cpu', '?intensityPercent=101&durationSeconds=0')).validationErrors).toEqual({
      intensityPercent: 'must be a whole number from 1 to 100',
      durationSeconds: 'must be a whole number from 1 to 86400',
    })
    expect(start('latency', '?delayMs=soon').status).toBe(400)
    expect(status().status).toBe('inactive')
  })

  it('is about the replica that happens to serve', () => {
    start('errors', '?errorRatePercent=100')
    expect(view()).toBe(500)
    driver.served = 1
    expect(view()).toBe(200)
    expect(status()).toMatchObject({ instance: 'cart-service-2', status: 'inactive' })
  })
})

describe('stopping', () => {
  it.each(['cpu', 'memory', 'latency', 'errors'])('%s makes room for another one', (kind) => {
    start(kind)
    expect(stop(kind)).toMatchObject({ status: 200, body: { status: 'inactive' } })
    expect(start(kind).status).toBe(200)
  })

  it('of what is not active changes nothing', () => {
    expect(stop('cpu')).toMatchObject({ status: 200, body: { message: 'CPU degradation was not active' } })
  })

  it('of all forgets the errors, as status does', () => {
    for (const kind of ['cpu', 'latency', 'errors'])
      start(kind, kind === 'errors' ? '?errorRatePercent=100' : '')
    expect(status()).toMatchObject({
      status: 'active',
      cpu: { active: true, intensityPercent: 50, remainingSeconds: 300 },
      latency: { active: true, delayMs: 100 },
      memory: { active: false },
    })
    expect(status().errors).toBeUndefined()
    expect(stopAll()).toMatchObject({ status: 200, body: { status: 'inactive' } })
    expect(status().status).toBe('inactive')
    expect(view()).toBe(500)
  })
})

describe('what is degraded', () => {
  it('is looking at a cart and adding to it, and nothing else', () => {
    driver.addToCart(token, 'CASE-001', 1)
    start('errors', '?errorRatePercent=100')
    expect(view()).toBe(500)
    expect(driver.addToCart(token, 'CASE-001', 1).status).toBe(500)
    expect(driver.ask('GET', 'cart', '/api/cart/summary', token).status).toBe(200)
    expect(
      driver.ask('PUT', 'cart', '/api/cart/items', token, { productId: 'CASE-001', quantity: 5 }).status,
    ).toBe(200)
    expect(driver.ask('GET', 'cart', '/actuator/health').status).toBe(200)
  })

  it('comes late, and does its work then', () => {
    start('latency', '?delayMs=1000')
    const reply = driver.addToCart(token, 'CASE-001', 1)
    expect(reply.status).toBe(201)
    expect(driver.nowMs).toBeGreaterThanOrEqual(58)
    expect(driver.nowMs).toBeLessThan(1050)
    const { addedAt } = (bodyOf(reply).items as { addedAt: string }[])[0]!
    expect(Date.parse(addedAt)).toBe(driver.nowMs)
  })

  it('is well again when the time is over', () => {
    start('errors', '?errorRatePercent=100&durationSeconds=5')
    driver.nowMs += 4_999
    expect(view()).toBe(500)
    driver.nowMs++
    expect(view()).toBe(200)
  })
})

/** Step by step, as a world carries it out: what an endpoint spawns is a process beside its answer. */
describe('what the replica feels', () => {
  const WORK_MS = 100
  let spawned: Process<void>[]
  let host: Host

  function send(path: string): Reply {
    const request = {
      method: 'POST',
      service: 'cart-service',
      path: `/api/degradation${path}`,
      token,
    } as const
    const { shop } = driver
    const result = shop.handle(request, shop.match(request), () => driver.nowMs, host)
    if (isReply(result)) return result
    let next = result.next()
    while (next.done !== true) {
      if (next.value.kind === 'spawn') spawned.push(next.value.process)
      next = result.next()
    }
    return next.value
  }

  /** Lets a process go on until it pauses; undefined when it is over. */
  function go(process: Process<void>): number | undefined {
    const next = process.next()
    return next.done === true ? undefined : (next.value as PauseStep).ms
  }

  /** How long a job takes that has the replica to itself. */
  function lasts(): number {
    host.replica.arrive(1, WORK_MS, driver.nowMs)
    const ms = host.replica.nextEventAtMs() - driver.nowMs
    driver.nowMs += ms
    host.replica.advance(driver.nowMs)
    return ms
  }

  let condition: ReplicaCondition
  beforeEach(() => {
    spawned = []
    const replica = driver.shop.replicas['cart-service'][0]!
    condition = new ReplicaCondition(replica)
    host = {
      replica,
      befall: (effect) => void condition.change(SELF_INFLICTED, effect, driver.nowMs),
    }
  })

  it('of busy loops is their share of its speed, from the next moment on to the end', () => {
    send('/cpu/start?intensityPercent=100&durationSeconds=10')
    const usualMs = lasts()
    expect(go(spawned[0]!)).toBe(0)
    expect(lasts()).toBe(usualMs)
    const leftMs = 10_000 - driver.nowMs
    expect(go(spawned[0]!)).toBe(leftMs)
    expect(lasts()).toBeCloseTo(2 * usualMs)
    driver.nowMs = 10_000
    expect(go(spawned[0]!)).toBeUndefined()
    expect(lasts()).toBeCloseTo(usualMs)
  })

  it('of memory grows', () => {
    send('/memory/start?memoryPercent=10&durationSeconds=10')
    const felt: number[] = []
    for (let pauseMs = go(spawned[0]!); pauseMs !== undefined; pauseMs = go(spawned[0]!)) {
      driver.nowMs += pauseMs
      felt.push(host.replica.leakedMemory)
    }
    expect(felt[2]).toBeCloseTo(20 / 512)
    expect(felt.at(-1)).toBe(0.1)
    expect(driver.nowMs).toBe(10_000)
    expect(host.replica.leakedMemory).toBe(0)
  })

  it('of memory is nothing any more once it is stopped, and nobody looks after it', () => {
    send('/memory/start?memoryPercent=10&durationSeconds=10')
    go(spawned[0]!)
    driver.nowMs = 5_000
    go(spawned[0]!)
    expect(host.replica.leakedMemory).toBeGreaterThan(0)
    send('/memory/stop')
    expect(go(spawned[0]!)).toBeUndefined()
    go(spawned[1]!)
    go(spawned[1]!)
    expect(host.replica.leakedMemory).toBe(0)
  })

  it('ends when it is stopped, and a new one outlives the end of the old one', () => {
    send('/cpu/start?intensityPercent=100&durationSeconds=10')
    const usualMs = lasts()
    go(spawned[0]!)
    go(spawned[0]!)
    send('/cpu/stop')
    go(spawned[1]!)
    go(spawned[1]!)
    expect(lasts()).toBeCloseTo(usualMs)
    send('/cpu/start?intensityPercent=100&durationSeconds=60')
    go(spawned[2]!)
    go(spawned[2]!)
    driver.nowMs = 10_000
    expect(go(spawned[0]!)).toBeUndefined()
    expect(lasts()).toBeCloseTo(2 * usualMs)
  })

  it('does not outlive a crash', () => {
    send('/cpu/start?intensityPercent=100&durationSeconds=10')
    go(spawned[0]!)
    go(spawned[0]!)
    condition.change(0, { down: true }, driver.nowMs)
    condition.change(0, undefined, driver.nowMs)
    expect(lasts()).toBeCloseTo(WORK_MS)
    expect(host.replica.degradation).toBeUndefined()
    expect(go(spawned[0]!)).toBeUndefined()
    expect(lasts()).toBeCloseTo(WORK_MS)
  })
})
