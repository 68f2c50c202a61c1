import { describe, expect, it } from 'vitest'
import { RouteWork } from '../../src/routing/route-work.ts'

const CHEAP = 7
const DEAR = 3

/** Nineteen cheap requests of 4 ms to one dear one of 124 ms. */
function served(rounds: number): RouteWork {
  const routes = new RouteWork()
  for (let i = 0; i < rounds * 20; i++) {
    const place = routes.placeOf(i % 20 === 0 ? DEAR : CHEAP)
    routes.onDecision(place)
    routes.onWork(place, i % 20 === 0 ? 124 : 4)
  }
  return routes
}

describe('RouteWork', () => {
  it('knows nothing of a route without an answer', () => {
    const routes = new RouteWork()
    const place = routes.placeOf(40)
    routes.onDecision(place)
    expect(routes.expectedMs(place)).toBeNaN()
    expect(routes.meanMs).toBeNaN()
    expect(routes.cheaperShare(place)).toBeNaN()
  })

  it('says what a request of each route costs, and a request of any', () => {
    const routes = served(64)
    expect(routes.expectedMs(routes.placeOf(CHEAP))).toBe(4)
    expect(routes.expectedMs(routes.placeOf(DEAR))).toBe(124)
    expect(routes.meanMs).toBeCloseTo(10, 1)
  })

  it('says which share of the work is of cheaper routes, whatever came first', () => {
    const routes = served(64)
    expect(routes.cheaperShare(routes.placeOf(CHEAP))).toBe(0)
    expect(routes.ownShare(routes.placeOf(CHEAP))).toBeCloseTo(0.38, 2)
    expect(routes.cheaperShare(routes.placeOf(DEAR))).toBeCloseTo(0.38, 2)
    expect(routes.ownShare(routes.placeOf(DEAR))).toBeCloseTo(0.62, 2)
  })

  it('follows a route whose cost changes, and requests that become rare', () => {
    const routes = served(64)
    const cheap = routes.placeOf(CHEAP)
    for (let i = 0; i < 20_000; i++) {
      routes.onDecision(cheap)
      routes.onWork(cheap, 8)
    }
    expect(routes.expectedMs(cheap)).toBeCloseTo(8, 1)
    expect(routes.ownShare(cheap)).toBeGreaterThan(0.99)
  })

  it('changes what it says only when its version does', () => {
    const routes = new RouteWork()
    const place = routes.placeOf(0)
    let version = routes.version
    let expectedMs = Number.NaN
    for (let i = 0; i < 500; i++) {
      routes.onDecision(place)
      routes.onWork(place, i)
      if (routes.version === version) expect(routes.expectedMs(place)).toEqual(expectedMs)
      version = routes.version
      expectedMs = routes.expectedMs(place)
    }
  })
})
