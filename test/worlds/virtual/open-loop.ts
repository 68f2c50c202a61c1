/** A scenario in which nothing that users do depends on how fast the shop is: what is drawn for them is all. */
import type { Scenario } from '../../../src/scenario/index.ts'
import { scenarioOf } from '../../shop/small-scenario.ts'

/**
 * Sessions have a fixed number of pages and no limit in time, and no account comes twice, so that policies and
 * speeds change when things happen but not which.
 */
export function openLoop(minutes: number, sessionsPerSecond: number, phase = ''): Scenario {
  return scenarioOf(`
name: open-loop
description: Sessions start whatever the shop does
accounts: 5000
maxConcurrentUsers: 5000
phases:
  - name: only
    durationMinutes: ${minutes}
    sessionsPerSecond: ${sessionsPerSecond}
    behaviors: { shopper: 1 }
    ${phase}
behaviors:
  shopper:
    description: Buys more often than not
    sessionMinutes: [10000, 10000]
    pagesPerSession: [4, 8]
    thinkTimeSeconds: [0.5, 1.5]
    conversionRate: 0.6
    cartAbandonmentRate: 0.2
    cartSize: [1, 3]
    actions: { browse: 20, search: 20, product: 20, cartAdd: 25, cartRemove: 5, order: 10 }
`)
}
