/** What every policy in the list must keep, whatever its rule. The wrapping ones are tried around two others. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import { policies, policyFactory, ServiceRouter } from '../../src/routing/index.ts'
import { chiSquare, chiSquareLimit } from '../core/chi-square.ts'

const VARIANTS = policies.all.flatMap(({ name, wraps }) =>
  wraps === 0
    ? [name]
    : ['least-outstanding', 'round-robin'].map((inner) => `${name}(${Array(wraps).fill(inner).join(', ')})`),
)

interface DriveOptions {
  readonly count: number
  readonly decisions: number
  readonly seed?: number
  /** Whether instances come and go. */
  readonly flapping?: boolean
  /** After every decision. */
  readonly check?: (router: ServiceRouter, chosen: number) => void
}

function newRouter(policy: string, count: number): ServiceRouter {
  return new ServiceRouter({
    service: 'cart-service',
    instances: Array.from({ length: count }, (_, i) => `cart-${i + 1}`),
    policy: policyFactory(policy)('cart-service'),
    random: new RandomStreams(1).stream('policy'),
  })
}

/** A router under random traffic: two requests per instance under way, one in ten fails. Returns its choices. */
function drive(router: ServiceRouter, options: DriveOptions): Int32Array {
  const { count, decisions, seed = 1, flapping = false, check } = options
  const random = new RandomStreams(seed).stream('traffic')
  const choices = new Int32Array(decisions)
  const underWay = new Int32Array(2 * count).fill(-1)
  for (let i = 0; i < decisions; i++) {
    const nowMs = i * 5
    const slot = i % underWay.length
    if (underWay[slot] !== -1) router.onAnswer(underWay[slot]!, nowMs, 200 * random(), random() < 0.1)
    // The first instance always stays.
    if (flapping && count > 1 && random() < 0.2) {
      const healthy = random() < 0.5
      const index = 1 + Math.floor(random() * (count - 1))
      router.onReport(
        index,
        {
          healthy,
          cpu: random(),
          memory: random(),
          queueDepth: Math.floor(random() * 9),
        },
        nowMs,
      )
    }
    const chosen = router.decide(nowMs, 0)
    check?.(router, chosen)
    router.onStart(chosen, nowMs)
    underWay[slot] = chosen
    choices[i] = chosen
  }
  return choices
}

/** Why a decision is none, in words; undefined if it is one. */
function faultOf({ observation, propensities }: ServiceRouter, chosen: number): string | undefined {
  const { count, eligible } = observation
  if (!(chosen >= 0 && chosen < count)) return `chose ${chosen} of ${count}`
  if (eligible[chosen] !== 1) return `chose ${chosen}, which is masked`
  if (!(propensities[chosen]! > 0)) return `chose ${chosen} with propensity ${propensities[chosen]}`
  let sum = 0
  for (let i = 0; i < count; i++) {
    const propensity = propensities[i]!
    if (!(propensity >= 0 && propensity <= 1 + 1e-12)) return `propensity ${propensity} of ${i}`
    if (eligible[i] === 0 && propensity !== 0) return `propensity ${propensity} of ${i}, which is masked`
    sum += propensity
  }
  return Math.abs(sum - 1) > 1e-9 ? `propensities sum to ${sum}` : undefined
}

function checkDecision(router: ServiceRouter, chosen: number): void {
  const fault = faultOf(router, chosen)
  if (fault !== undefined) throw new Error(`at ${router.observation.nowMs} ms: ${fault}`)
}

describe.each(VARIANTS)('%s', (text) => {
  it.each([1, 2, 3, 64])('gives a distribution over the eligible ones of %i, and draws from it', (count) => {
    drive(newRouter(text, count), { count, decisions: 3000, flapping: true, check: checkDecision })
  })

  it.each([1, 2, 64])('decides among %i of which it has heard nothing yet', (count) => {
    const router = newRouter(text, count)
    for (let i = 0; i < 2 * count; i++) {
      const chosen = router.decide(0, 0)
      checkDecision(router, chosen)
      router.onStart(chosen, 0)
    }
  })

  it('takes the only one that is left, with propensity 1', () => {
    for (let left = 0; left < 5; left++) {
      const router = newRouter(text, 5)
      drive(router, { count: 5, decisions: 50 })
      const report = { cpu: Number.NaN, memory: Number.NaN, queueDepth: Number.NaN }
      for (let i = 0; i < 5; i++) router.onReport(i, { ...report, healthy: i === left }, 250)
      for (let i = 0; i < 10; i++) {
        expect(router.decide(300, 0)).toBe(left)
        expect(router.propensities[left]).toBeCloseTo(1, 12)
        checkDecision(router, left)
      }
    }
  })

  // A rule that moves on with every choice, as round robin does, has another distribution each time: what it
  // chose must match the sum of what it said.
  it.each([2, 3, 8])('chooses each of %i as often as it says', (count) => {
    const decisions = 20_000
    const router = newRouter(text, count)
    drive(router, { count, decisions: 201 })
    const chosen = new Float64Array(count)
    const expected = new Float64Array(count)
    for (let i = 0; i < decisions; i++) {
      chosen[router.decide(2000, 0)]! += 1
      for (let j = 0; j < count; j++) expected[j]! += router.propensities[j]!
    }
    expect(chiSquare(chosen, expected)).toBeLessThan(chiSquareLimit(count - 1))
  })

  it('makes the same choices from the same draws and the same answers', () => {
    const choices = () => drive(newRouter(text, 4), { count: 4, decisions: 2000, seed: 9, flapping: true })
    expect(choices()).toEqual(choices())
  })

  // One number kept per decision would be two million bytes.
  it('does not grow with its decisions', () => {
    const router = newRouter(text, 3)
    const run = (decisions: number) => drive(router, { count: 3, decisions })
    run(20_000)
    const before = heapBytes()
    run(250_000)
    expect(heapBytes() - before).toBeLessThan(500_000)
  })

  it('has an id that makes the same policy again', () => {
    const { id, version } = newRouter(text, 2).policy
    expect(newRouter(id, 2).policy).toMatchObject({ id, version })
  })
})

/** Bytes that are still reachable. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}
