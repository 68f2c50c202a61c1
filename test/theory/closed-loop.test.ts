/** Users who wait for their answer and think before they ask again: laws that hold exactly on any run, and means. */
import { describe, expect, it } from 'vitest'
import { exponential } from '../../src/core/index.ts'
import { policyFactory } from '../../src/routing/index.ts'
import { Replica, type ReplicaOptions } from '../../src/shop/index.ts'
import { EventQueue, VirtualWorld } from '../../src/worlds/index.ts'
import { scenarioOf } from '../shop/small-scenario.ts'
import { closedLoopThroughput } from './formulas.ts'
import { lognormal, streams } from './stations.ts'

interface Loop extends Partial<ReplicaOptions> {
  readonly users: number
  /** Mean time to think, exponential. */
  readonly think: number
  /** Work of mean 1; exponential if nothing is said. */
  readonly nextWork?: () => number
}

const ANSWERS = 400_000
const random = streams.stream('closed-loop')

/** All users begin to think at time 0, and the last answer ends the run. Everything but the throughput per answer. */
function runLoop({ users, think, nextWork = () => exponential(random, 1), ...options }: Loop) {
  const replica = new Replica({ id: 'r-1', workers: 1, queueLimit: users, speed: 1, ...options })
  const thinkers = new EventQueue()
  /** By user: since when he thinks, or waits for his answer. */
  const since = new Float64Array(users)
  const waits = new Uint8Array(users)
  let thought = 0
  let responded = 0
  let answers = 0
  let now = 0
  for (let user = 0; user < users; user++) thinkers.push(exponential(random, think), user)
  while (answers < ANSWERS) {
    const doneAt = replica.nextEventAtMs()
    const answered = doneAt <= thinkers.nextTimeMs
    now = answered ? doneAt : thinkers.nextTimeMs
    const user = answered ? replica.advance(now) : thinkers.pop()
    if (answered) {
      answers++
      responded += replica.completedQueueMs + replica.completedWorkMs
      thinkers.push(now + exponential(random, think), user)
    } else {
      thought += now - since[user]!
      replica.arrive(user, nextWork(), now)
    }
    waits[user] = answered ? 0 : 1
    since[user] = now
  }
  // What the end of the run cuts counts as far as it has come.
  for (let user = 0; user < users; user++) {
    if (waits[user] === 1) responded += now - since[user]!
    else thought += now - since[user]!
  }
  const busyTime = replica.report(now).cpu * replica.workers * now
  return {
    throughput: answers / now,
    responseTime: responded / answers,
    thinkTime: thought / answers,
    demand: busyTime / answers,
  }
}

describe.each<readonly [name: string, loop: Loop]>([
  ['a busy queue', { users: 20, think: 15 }],
  ['a quiet one', { users: 5, think: 15 }],
  ['two slow workers', { users: 20, think: 15, workers: 2, speed: 0.4 }],
  ['processor sharing', { users: 20, think: 15, discipline: 'ps', nextWork: () => lognormal(random, 1) }],
])('%s', (_, loop) => {
  const { throughput, responseTime, thinkTime, demand } = runLoop(loop)
  const { users, think, workers = 1, speed = 1 } = loop

  it('obeys the response time law, R = M / X - Z, exactly', () => {
    expect(Math.abs(responseTime / (users / throughput - thinkTime) - 1)).toBeLessThan(1e-9)
  })

  it('answers no more than the asymptotic bounds allow', () => {
    expect(throughput).toBeLessThanOrEqual(users / (demand + thinkTime))
    expect(throughput * demand).toBeLessThanOrEqual(workers)
  })

  it('has the throughput and the time of theory, also under processor sharing with any work', () => {
    const theory = closedLoopThroughput(users, think, workers, speed)
    expect(Math.abs(throughput / theory - 1)).toBeLessThan(0.02)
    expect(Math.abs(responseTime / (users / theory - think) - 1)).toBeLessThan(0.02)
  })
})

it('in the whole shop, the integral of the calls in flight is the sum of their latencies', () => {
  const scenario = scenarioOf(`
name: closed-loop
description: Users who go on until the end of the phase
accounts: 100
phases:
  - { name: only, durationMinutes: 4, users: 60, intensity: very-high, behaviors: { quick-browser: 1 } }
`)
  let spentMs = 0
  let calls = 0
  const world = new VirtualWorld({
    scenario,
    seed: 5,
    policies: policyFactory('least-outstanding'),
    decisions: {
      onAnswer: (_service, _instance, latencyMs) => {
        spentMs += latencyMs
        calls++
      },
      onShed: () => {},
    },
    observer: {
      onRequest: () => {},
      onSessionStart: () => {},
      onSessionEnd: () => {},
      onCheck: () => {},
      onUsers: () => {},
      onDropped: () => {},
    },
  })
  const instances = world.routers.flatMap((router) => router.instances)
  let inFlightMs = 0
  let inFlight = 0
  let sinceMs = 0
  while (!world.over) {
    world.step(1)
    inFlightMs += inFlight * (world.nowMs - sinceMs)
    sinceMs = world.nowMs
    inFlight = instances.reduce((sum, instance) => sum + instance.inFlight, 0)
  }
  expect(inFlight).toBe(0)
  expect(calls).toBeGreaterThan(1000)
  expect(Math.abs(inFlightMs / spentMs - 1)).toBeLessThan(1e-9)
})
