/** Runs of an experience log for tests: any order of decisions and answers, on two services. */
import fc from 'fast-check'
import type { RewardSettings } from '../../src/core/index.ts'
import {
  ExperienceLog,
  type ExperienceLogOptions,
  type Outcome,
  type PendingDecision,
} from '../../src/experience/index.ts'
import type { ExperienceRecord } from '../../src/experience/record.ts'
import { INSTANCE_WIDTH, instanceFeature, type Observation, quantize } from '../../src/routing/index.ts'
import { observationOf } from '../routing/observation-of.ts'
import { DECIDERS } from './deciders.ts'
import { NaiveLog } from './naive-log.ts'

export const OPTIONS: ExperienceLogOptions = {
  run: 'test-run',
  services: ['cart-service', 'order-service'],
  instances: {
    'cart-service': ['cart-1', 'cart-2'],
    'order-service': [1, 2, 3, 4, 5, 6].map((i) => `order-${i}`),
  },
  routes: ['cart.get', 'order.create'],
  phases: ['warm-up', 'peak'],
  profiles: ['browser'],
  reward: {
    targetLatencyMs: 100,
    weights: { latency: 1, error: 2, throughput: 0.5, balance: 0.25, satisfaction: 1 },
  },
  repeats: false,
}

/** A decision for a service, or the answer to one of those without an answer, `afterMs` later. */
export interface Step {
  readonly kind: 'decide' | 'answer'
  readonly service: number
  readonly afterMs: number
  /** Picks the action, or the answered one. */
  readonly pick: number
  readonly status: number
  /** Which of the deciders; one that is not there stands for somebody else's balancer. The first unless told. */
  readonly who?: number
}

export const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('decide', 'answer'),
    service: fc.nat(1),
    afterMs: fc.nat(400),
    pick: fc.nat(1000),
    status: fc.constantFrom(200, 404, 503, 0),
    who: fc.nat(DECIDERS.length),
  }),
  { maxLength: 60, size: 'max' },
)

/** A log that collects its lines. */
export function collectingLog(reward: RewardSettings = OPTIONS.reward) {
  const lines: string[] = []
  const writeLine = (bytes: Uint8Array, length: number) => {
    lines.push(Buffer.from(bytes.subarray(0, length)).toString('utf8'))
  }
  const log = new ExperienceLog({ ...OPTIONS, reward, sink: { writeLine } })
  return { log, lines, records: () => lines.map((line) => JSON.parse(line) as ExperienceRecord) }
}

export function outcomeOf(status: number, latencyMs: number): Outcome {
  const failed = status === 0 || status >= 500
  const replied = status !== 0
  return {
    status,
    latencyMs,
    queueMs: replied ? quantize(latencyMs / 3) : Number.NaN,
    workMs: replied ? quantize(latencyMs / 2) : Number.NaN,
    failure: replied ? null : 'timeout',
    failed,
  }
}

/** One observation per service, overwritten again and again as a router does. */
export class Observations {
  readonly #observations = OPTIONS.services.map((service) => {
    const count = OPTIONS.instances[service]!.length
    return { ...observationOf({ inFlight: new Array(count).fill(0) }), service }
  })
  #version = 0

  /** Other numbers at every call, and some that are not known. */
  at(service: number, nowMs: number): Observation {
    const observation = this.#observations[service]!
    const version = ++this.#version
    observation.nowMs = nowMs
    observation.context.set([service, version, quantize(version / 7), observation.count])
    for (let i = 0; i < observation.instances.length; i++) {
      observation.instances[i] = (i + version) % 3 === 0 ? Number.NaN : quantize((i * version) / 7)
    }
    for (let i = 0; i < observation.count; i++) {
      observation.instances[i * INSTANCE_WIDTH + instanceFeature('inFlight')] = (i + version) % 5
      observation.instances[i * INSTANCE_WIDTH + instanceFeature('weight')] = 1 + (i % 2)
      observation.eligible[i] = i === 0 || version % 4 !== i ? 1 : 0
    }
    return observation
  }
}

/**
 * Carries the steps out on a log and on the naive one. With `drain` every decision is answered before the end.
 * `memory` is every object that the log kept a decision in.
 */
export function runBoth(log: ExperienceLog, list: readonly Step[], drain = false) {
  const naive = new NaiveLog(OPTIONS)
  const observations = new Observations()
  const open: { pending: PendingDecision; model: ReturnType<NaiveLog['onDecision']>; pick: number }[] = []
  const memory = new Set<unknown>()
  let nowMs = 0
  const answer = (index: number, status: number) => {
    const [{ pending, model, pick }] = open.splice(index, 1) as [(typeof open)[0]]
    if (model.action === -1 && pick % 3 > 0) {
      const estimates = pick % 2 === 0 ? Float64Array.from(model.state.instances, () => 0.25) : undefined
      log.resolveAction(pending, 0, estimates)
      naive.resolveAction(model, 0, estimates)
    }
    const outcome = outcomeOf(status, nowMs - model.atMs)
    log.onOutcome(pending, outcome, nowMs)
    naive.onOutcome(model, outcome, nowMs)
  }
  for (const { kind, service, afterMs, pick, status, who = 0 } of list) {
    nowMs += afterMs
    if (kind === 'answer') {
      if (open.length > 0) answer(pick % open.length, status)
      continue
    }
    const observation = observations.at(service, nowMs)
    const action = pick % observation.count
    observation.eligible[action] = 1
    const propensities = Float64Array.from({ length: observation.count }, (_, i) => 2 ** -i)
    const origin = {
      trace: pick.toString(16).padStart(32, '0'),
      hop: pick % 3,
      attempt: 0,
      phase: (pick % 3) - 1,
      profile: (pick % 2) - 1,
    }
    const decider = DECIDERS[who]
    decider?.say(pick, observation.count)
    const decided = decider === undefined ? -1 : action
    const known = decided === -1 && pick % 5 > 0 ? undefined : propensities
    const repeated = pick % 7 === 0 && open.length > 0 ? log.decisionOf(open[0]!.pending) : undefined
    const decision = [service, observation, decided, known, pick % 2, origin, decider, repeated] as const
    const pending = log.onDecision(...decision)
    open.push({ pending, model: naive.onDecision(...decision), pick })
    decider?.say(pick + 1, observation.count)
    memory.add(pending).add(pending.state).add(pending.propensities)
    propensities.fill(Number.NaN)
  }
  while (drain && open.length > 0) {
    nowMs += 10
    answer(0, 200)
  }
  const closing = OPTIONS.services.map((_, service) => structuredClone(observations.at(service, nowMs)))
  log.close(nowMs, (service) => closing[service]!)
  naive.close(nowMs, (service) => closing[service]!)
  return { naive, memory }
}
