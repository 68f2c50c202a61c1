/** What a router shows, worked out from scratch each time: the yardstick for the one that writes only what changed. */
import { INSTANCE_WIDTH } from '../../src/routing/features.ts'
import { InstanceTracker } from '../../src/routing/instance-tracker.ts'
import type { InstanceReport } from '../../src/routing/policy.ts'
import { RouteWork } from '../../src/routing/route-work.ts'

export class NaiveRouter {
  readonly #trackers: readonly InstanceTracker[]
  readonly #routes = new RouteWork()

  constructor(instances: readonly string[]) {
    this.#trackers = instances.map((id) => new InstanceTracker(id))
  }

  onDecision(route: number): void {
    this.#routes.onDecision(this.#routes.placeOf(route))
  }

  onStart(index: number, route: number): void {
    this.#trackers[index]!.onStart(this.#placeOf(route))
  }

  onAnswer(
    index: number,
    nowMs: number,
    latencyMs: number,
    failed: boolean,
    workMs: number,
    route: number,
  ): void {
    const tracker = this.#trackers[index]!
    const place = this.#placeOf(route)
    tracker.onAnswer(nowMs, latencyMs, failed, place)
    if (failed || place === -1) return
    const doneMs = Number.isNaN(workMs) ? latencyMs : workMs
    this.#routes.onWork(place, doneMs)
    const expectedMs = this.#routes.expectedMs(place)
    if (expectedMs > 0) tracker.onWork(nowMs, doneMs, expectedMs)
  }

  onReport(index: number, report: InstanceReport): void {
    this.#trackers[index]!.onReport(report)
  }

  observe(nowMs: number, route: number) {
    const instances = new Float64Array(this.#trackers.length * INSTANCE_WIDTH)
    for (const [i, tracker] of this.#trackers.entries())
      tracker.writeRow(instances, i * INSTANCE_WIDTH, nowMs, Number.NaN, this.#routes)
    const eligible = this.#trackers.map((tracker) => (tracker.healthy ? 1 : 0))
    const place = this.#routes.placeOf(route)
    return {
      instances,
      eligible,
      context: {
        eligible: eligible.filter((one) => one === 1).length,
        workMs: this.#routes.expectedMs(place),
        meanWorkMs: this.#routes.meanMs,
        cheaperWorkShare: this.#routes.cheaperShare(place),
        ownWorkShare: this.#routes.ownShare(place),
      },
    }
  }

  #placeOf(route: number): number {
    return route === -1 ? -1 : this.#routes.placeOf(route)
  }
}
