/** What the shipped behaviours promise, measured in the virtual world: conversion rates and session lengths. */
import { expect, it } from 'vitest'
import { policyFactory } from '../../src/routing/index.ts'
import type { Scenario } from '../../src/scenario/index.ts'
import { RunStatistics } from '../../src/study/index.ts'
import { DecisionStatistics, type FinishedRequest, runVirtual } from '../../src/worlds/index.ts'
import { shopperOf } from '../scenario/shopper-of.ts'
import { scenarioOf } from '../shop/small-scenario.ts'

/** Time that a session may take beyond its minutes to sign in and to wait for replies. */
const REPLIES_MS = 5_000

function scenarioWith(behavior: string, users: number, durationMinutes: number): Scenario {
  return scenarioOf(`
name: one-behavior
description: One behaviour alone
world: virtual
seed: 11
accounts: ${2 * users}
phases:
  - { name: only, durationMinutes: ${durationMinutes}, users: ${users}, behaviors: { ${behavior}: 1 } }
`)
}

/** Statistics that also remember when each session made its first and its last request. */
class SessionSpans extends RunStatistics {
  readonly #spans = new Map<number, { readonly fromMs: number; toMs: number }>()

  override onRequest(request: FinishedRequest): void {
    super.onRequest(request)
    const span = this.#spans.get(request.session)
    if (span === undefined) this.#spans.set(request.session, { fromMs: request.startMs, toMs: request.endMs })
    else span.toMs = request.endMs
  }

  get lengthsMs(): number[] {
    return [...this.#spans.values()].map(({ fromMs, toMs }) => toMs - fromMs)
  }
}

// Many sessions per user: those that the end of the run cuts are then too few to shift the rates.
it.each([
  ['quick-browser', 0.05, 80, 80],
  ['careful-shopper', 0.35, 80, 240],
  ['bulk-buyer', 0.6, 80, 330],
  ['impulse-buyer', 0.25, 80, 110],
])('a %s orders in a share of %d of the sessions', async (name, conversionRate, users, minutes) => {
  const scenario = scenarioWith(name, users, minutes)
  const statistics = new SessionSpans(scenario)
  await runVirtual({
    scenario,
    seed: scenario.seed,
    policies: policyFactory('least-outstanding'),
    observer: statistics,
    decisions: new DecisionStatistics(),
  })
  const { completed, ordered } = statistics.sessions
  const standardError = Math.sqrt((conversionRate * (1 - conversionRate)) / completed)
  expect(completed).toBeGreaterThanOrEqual(1500)
  expect(Math.abs(ordered / completed - conversionRate)).toBeLessThan(4 * standardError)

  const { sessionMinutes, thinkTimeSeconds, cartSize } = shopperOf(scenario, name)
  const longestMs = sessionMinutes[1] * 60_000
  const lengthsMs = statistics.lengthsMs
  // Who decides to buy at the very end still fills the cart and thinks; hardly anybody does.
  const checkoutMs = (cartSize[1] + 1) * thinkTimeSeconds[1] * 1000
  expect(Math.max(...lengthsMs)).toBeLessThan(longestMs + checkoutMs + REPLIES_MS)
  expect(lengthsMs.filter((ms) => ms > longestMs).length / completed).toBeLessThan(0.01)
})
