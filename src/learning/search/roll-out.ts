/**
 * A rollout: the requests of a workload, routed by a policy through the very router that serves, which keeps the very
 * counts and means that a balancer keeps. So a policy sees in a rollout what it would see in service, and nothing has
 * to be shown to be equal; only the instances are a model (`stations.ts`).
 */
import { keyedStream } from '../../core/index.ts'
import { type Policy, ServiceRouter } from '../../routing/index.ts'
import { AnswerQueue } from './answer-queue.ts'
import { stationsOf, windowAt } from './stations.ts'
import type { Workload } from './workload.ts'

export interface RolloutCost {
  /** Mean latency, failures counted as the penalty or longer. */
  readonly meanMs: number
  readonly p95Ms: number
  readonly failures: number
}

/** @param latenciesMs shape [requests], overwritten: by request, failures as the penalty or longer */
export function rollOut(workload: Workload, policy: Policy, latenciesMs: Float64Array): RolloutCost {
  const { service, instances, timeMs, route, afterMs, draw, failing, failureMs, penaltyMs, limit } = workload
  const router = new ServiceRouter({
    service,
    instances: Array.from({ length: instances }, (_, i) => `${i}`),
    policy,
    random: keyedStream(1),
  })
  const trackers = router.instances
  const stations = stationsOf(workload)
  const answers = new AnswerQueue()
  const count = timeMs.length
  const chosen = new Int32Array(count)
  const failed = new Uint8Array(count)
  const workMs = new Float64Array(count)
  let failures = 0
  let sum = 0
  const passTo = (untilMs: number): void => {
    for (;;) {
      const doneAtMs = stations.nextMs()
      const answeredAtMs = answers.nextMs
      const nextMs = Math.min(doneAtMs, answeredAtMs)
      // Turned round, so that a time that is no number ends it: such a rollout has no cost, and must not go on forever.
      if (!(nextMs <= untilMs) || nextMs === Number.POSITIVE_INFINITY) return
      if (doneAtMs <= answeredAtMs) {
        const request = stations.next()
        workMs[request] = doneAtMs - timeMs[request]!
        answers.push(doneAtMs + afterMs[request]!, request)
      } else answered(answers.pop(), answeredAtMs)
    }
  }
  const answered = (request: number, nowMs: number): void => {
    const latencyMs = nowMs - timeMs[request]!
    const bad = failed[request] === 1
    const counts = bad ? Math.max(latencyMs, penaltyMs) : latencyMs
    latenciesMs[request] = counts
    sum += counts
    if (bad) failures++
    router.onAnswer(
      chosen[request]!,
      nowMs,
      latencyMs,
      bad,
      Number.NaN,
      Number.NaN,
      workMs[request]!,
      route[request]!,
    )
  }
  for (let request = 0; request < count; request++) {
    const nowMs = timeMs[request]!
    passTo(nowMs)
    const instance = router.decide(nowMs, route[request]!)
    chosen[request] = instance
    const refused = trackers[instance]!.inFlight >= limit
    router.onStart(instance, nowMs, route[request]!)
    if (refused || failing[windowAt(workload, nowMs) + instance]! > draw[request]!) {
      failed[request] = 1
      answers.push(nowMs + failureMs, request)
      continue
    }
    const doneAtMs = stations.arrive(request, instance, nowMs)
    if (Number.isNaN(doneAtMs)) continue
    workMs[request] = stations.workMs
    answers.push(doneAtMs + afterMs[request]!, request)
  }
  passTo(Number.POSITIVE_INFINITY)
  return { meanMs: sum / count, p95Ms: quantile(latenciesMs.slice(0, count), 0.95), failures }
}

function quantile(values: Float64Array, q: number): number {
  return values.sort()[Math.min(values.length - 1, Math.floor(q * values.length))]!
}
