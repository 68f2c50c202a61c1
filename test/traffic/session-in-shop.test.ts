/** Sessions of every shipped behaviour against the real shop: what a user asks for is what the shop understands. */
import { describe, expect, it } from 'vitest'
import { type CallStep, isAsExpected, type Reply } from '../../src/core/index.ts'
import type { ShopperBehavior } from '../../src/scenario/index.ts'
import { ShopDriver } from '../shop/shop-driver.ts'
import { scenarioOf } from '../shop/small-scenario.ts'
import { newAccount, runSession } from './session-run.ts'

const { behaviors } = scenarioOf(`
name: everybody
description: All shipped behaviours
accounts: 10
phases:
  - name: only
    durationMinutes: 2
    users: 4
    behaviors:
      quick-browser: 0.2
      careful-shopper: 0.2
      bulk-buyer: 0.2
      impulse-buyer: 0.2
      flash-sale-shopper: 0.1
      chaos-user: 0.1
`)

const SESSIONS = 100

/** Sessions of one customer, one after the other. */
function sessionsOf(behavior: ShopperBehavior) {
  const driver = new ShopDriver()
  const account = newAccount()
  const unexpected: { step: CallStep; reply: Reply }[] = []
  const shop = {
    reply: (step: CallStep) => {
      driver.nowMs += 1000
      const reply = driver.send(step.request)
      if (!isAsExpected(reply, step.expects)) unexpected.push({ step, reply })
      return reply
    },
  }
  const runs = Array.from({ length: SESSIONS }, (_, seed) => {
    const run = runSession({ behavior, account, shop, seed })
    driver.settle()
    return run
  })
  return { driver, runs, unexpected }
}

describe.each(Object.values(behaviors).filter((one) => one.kind === 'shopper'))('a $name', (behavior) => {
  const { driver, runs, unexpected } = sessionsOf(behavior)

  it('gets from the shop what it expects, its mistakes included', () => {
    expect(unexpected).toEqual([])
    expect(runs.flatMap(({ checks }) => checks).filter(([, passed]) => !passed)).toEqual([])
  })

  it('has as many orders in the shop as sessions that ordered, and all went through', () => {
    const orders = [...driver.shop.state.orders.values()]
    expect(orders).toHaveLength(runs.filter(({ result }) => result.ordered).length)
    expect(orders.length).toBeGreaterThan(0)
    for (const order of orders) expect(order.status).toBe('CONFIRMED')
  })
})
