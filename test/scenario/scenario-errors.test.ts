/** Golden messages: what a user reads when a scenario is wrong in many places at once. */
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/core/index.ts'
import { loadScenario } from '../../src/scenario/index.ts'
import { folderOf, MINIMAL, messageOf, vocabulary } from './scenario-files.ts'

const BROKEN = `\
name: broken
world: lvie
seed: -1
accounts: 20
thresholds:
  p95Latency: < 500
  errorRate: 0.05
  meanLatencyMs: about 5
phases:
  - name: first
    durationMinutes: 5
    users: 20
    sessionsPerSecond: 3
    intensity: very-hihg
    behaviors: { quick-browsr: 0.5, hasty: 0.4 }
    backgroundLoad: { invntory: 0.1, cart: 1.5, cart-service: 0.1 }
  - name: first
    durationMinutes: 1
    behaviors: { chaos-user: 1 }
    actions: { browse: 0, order: 0 }
    rampUpSeconds: 400
  - 5
routing: { policy: bad-policy }
training:
  algorithm: qlearning
evaluation: { policies: [random, bad-too], seeds: many }
shop:
  workScale: 0
  services: { cart: { speed: [1], speeds: [], workers: 1.5 } }
products:
  - &laptop { sku: L, name: Laptop, category: C, price: 10 }
  - *laptop
clientt: {}
`

const HASTY = `\
name: hastie
description: In a hurry
sessionMinutes: [5, 2]
pagesPerSession: [1, 2.5]
thinkTimeSeconds: 3
conversionRate: 0.6
cartAbandonmentRate: 0.5
cartSize: [0, 2]
actions: { browze: 1 }
mistakes: { unknownSku: 2 }
`

const EXPECTED = `\
scenarios/broken.yaml:1:1 description: expected text, got nothing
scenarios/broken.yaml:2:8 world: expected one of "virtual", "live", got "lvie" (did you mean "live"?)
scenarios/broken.yaml:3:7 seed: expected integer of at least 0, got -1
scenarios/broken.yaml:6:3 thresholds.p95Latency: unknown key (did you mean "p95LatencyMs"?)
scenarios/broken.yaml:7:14 thresholds.errorRate: expected limit such as "< 500" or ">= 0.99", got 0.05
scenarios/broken.yaml:8:18 thresholds.meanLatencyMs: expected limit such as "< 500" or ">= 0.99", got "about 5"
scenarios/broken.yaml:13:5 phases[0].sessionsPerSecond: expected exactly one of users, sessionsPerSecond and executor, got users and sessionsPerSecond
scenarios/broken.yaml:14:16 phases[0].intensity: expected one of "very-low", "low", "medium-low", "medium", "high", "very-high", "extreme" or number above 0, got "very-hihg" (did you mean "very-high"?)
scenarios/broken.yaml:15:16 phases[0].behaviors: expected shares that sum to 1, got a sum of 0.9
scenarios/broken.yaml:15:18 phases[0].behaviors.quick-browsr: unknown behaviour (did you mean "quick-browser"?)
scenarios/broken.yaml:16:23 phases[0].backgroundLoad.invntory: unknown key (did you mean "inventory"?)
scenarios/broken.yaml:16:44 phases[0].backgroundLoad.cart: expected number from 0 to 0.95, got 1.5
scenarios/broken.yaml:16:49 phases[0].backgroundLoad.cart-service: names the same service as "cart"
scenarios/broken.yaml:17:5 phases[1]: expected exactly one of users, sessionsPerSecond and executor, got none
scenarios/broken.yaml:17:11 phases[1].name: expected a name of its own, got "first" as in phases[0]
scenarios/broken.yaml:20:14 phases[1].actions: expected map with at least one weight above 0, got {browse: 0, order: 0}
scenarios/broken.yaml:21:20 phases[1].rampUpSeconds: expected at most 60, the length of the phase, got 400
scenarios/broken.yaml:22:5 phases[2]: expected map, got 5
scenarios/broken.yaml:23:20 routing.policy: unknown policy "bad-policy"
scenarios/broken.yaml:25:14 training.algorithm: expected one of q-learning, cql, got "qlearning" (did you mean "q-learning"?)
scenarios/broken.yaml:26:34 evaluation.policies[1]: unknown policy "bad-too"
scenarios/broken.yaml:26:51 evaluation.seeds: expected integer above 0, got "many"
scenarios/broken.yaml:28:14 shop.workScale: expected number above 0, got 0
scenarios/broken.yaml:29:23 shop.services.cart.speed: unknown key (did you mean "speeds"?)
scenarios/broken.yaml:29:43 shop.services.cart.speeds: expected list with at least one entry, got []
scenarios/broken.yaml:29:56 shop.services.cart.workers: expected integer above 0, got 1.5
scenarios/broken.yaml:31:20 products[1].sku: expected a sku of its own, got "L" as in products[0]
scenarios/broken.yaml:33:1 clientt: unknown key (did you mean "client"?)
behaviors/hasty.yaml:1:7 name: expected "hasty", the name of the file, got "hastie"
behaviors/hasty.yaml:3:17 sessionMinutes: expected pair [low, high] with low <= high, got [5, 2]
behaviors/hasty.yaml:4:22 pagesPerSession[1]: expected integer above 0, got 2.5
behaviors/hasty.yaml:5:19 thinkTimeSeconds: expected pair [low, high] with low <= high, got 3
behaviors/hasty.yaml:6:17 conversionRate: expected at most 0.5, the share of sessions that is left to order when 0.5 of those with a cart abandon it, got 0.6
behaviors/hasty.yaml:8:12 cartSize[0]: expected integer above 0, got 0
behaviors/hasty.yaml:9:12 actions.browze: unknown key (did you mean "browse"?)
behaviors/hasty.yaml:10:25 mistakes.unknownSku: expected number from 0 to 1, got 2`

describe('a broken scenario', () => {
  it('is told of all its problems at once, by file and position', () => {
    const folder = folderOf({ 'scenarios/broken.yaml': BROKEN, 'behaviors/hasty.yaml': HASTY })
    const load = () => loadScenario(path.join(folder, 'scenarios/broken.yaml'), { vocabulary })
    expect(load).toThrow(ConfigError)
    expect(messageOf(load).replaceAll(`${folder}/`, '')).toBe(EXPECTED)
  })

  const complaintOf = (content: string) => {
    const file = path.join(folderOf({ 's.yaml': content }), 's.yaml')
    return messageOf(() => loadScenario(file, { vocabulary })).replaceAll(file, 's.yaml')
  }

  it('may hold more users than it allows, or than there are accounts, where phases overlap', () => {
    const content = `\
name: crowded
description: Two phases of 30 and 25 users overlap
accounts: 50
maxConcurrentUsers: 54
phases:
  - { name: a, durationMinutes: 10, users: 30, behaviors: { bulk-buyer: 1 } }
  - { name: b, startMinute: 9, durationMinutes: 10, users: 25, behaviors: { bulk-buyer: 1 } }
`
    expect(complaintOf(content)).toBe(
      `s.yaml:3:11 accounts: expected at least 55, the most users that the phases hold at once, got 50
s.yaml:4:21 maxConcurrentUsers: expected at least 55, the most users that the phases hold at once, got 54`,
    )
  })

  it('has one weight for each replica, also where the speeds are those of the shop as it stands', () => {
    const services = `
shop:
  services:
    cart: { speeds: [1, 1], weights: [1, 2, 3] }
    inventory: { weights: [3] }
    user-service: { weights: [5, 1, 1] }
    order: { speeds: [], weights: [1] }
    payment: { weights: [1, 0] }
`
    expect(complaintOf(MINIMAL + services)).toBe(
      `s.yaml:10:38 shop.services.cart.weights: expected as many as there are speeds, 2, got 3
s.yaml:11:27 shop.services.inventory.weights: expected as many as there are speeds, 2, got 1
s.yaml:13:22 shop.services.order.speeds: expected list with at least one entry, got []
s.yaml:14:29 shop.services.payment.weights[1]: expected number of at least 0.001, got 0`,
    )
  })

  it('may name a behaviour file after another behaviour', () => {
    const folder = folderOf({
      's.yaml': MINIMAL.replace('quick-browser', 'mine'),
      'behaviors/mine.yaml': HASTY.replace('hastie', 'yours'),
    })
    const message = messageOf(() => loadScenario(path.join(folder, 's.yaml'), { vocabulary }))
    expect(message).toContain('mine.yaml:1:7 name: expected "mine", the name of the file, got "yours"')
  })

  it('lists what is known where no word is near', () => {
    expect(complaintOf(MINIMAL.replace('quick-browser', 'zzz'))).toContain(
      'phases[0].behaviors.zzz: unknown behaviour: use one of api-buyer, bulk-buyer, careful-shopper,',
    )
  })
})
