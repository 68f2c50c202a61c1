/** All replicas of the virtual shop: who gets a job, and when to look whether one has done it. */
import type { ServiceRouter } from '../../routing/index.ts'
import { type Scenario, SERVICES } from '../../scenario/index.ts'
import type { Replica, Shop, SpeedChange } from '../../shop/index.ts'
import { type Agenda, REPLICA } from './agenda.ts'

export class ReplicaBank {
  readonly #agenda: Agenda
  readonly #replicas: readonly Replica[]
  /** By service: number of its first replica, and the speed of its fastest. */
  readonly #first: readonly number[]
  readonly #fastest: readonly number[]
  /** By replica: when the next look at it is scheduled. */
  readonly #looks: number[]

  constructor(shop: Shop, scenario: Scenario, agenda: Agenda) {
    this.#agenda = agenda
    this.#replicas = SERVICES.flatMap((service) => shop.replicas[service])
    this.#first = SERVICES.map((service) => this.#replicas.indexOf(shop.replicas[service][0]!))
    this.#fastest = SERVICES.map((service) => Math.max(...scenario.shop.services[service].speeds))
    this.#looks = this.#replicas.map(() => Number.POSITIVE_INFINITY)
  }

  /** Speed of the fastest replica of a service. */
  fastest(service: number): number {
    return this.#fastest[service]!
  }

  /** Hands a job to an instance. Returns whether it was taken in. */
  arrive(service: number, instance: number, job: number, workMs: number): boolean {
    const index = this.#first[service]! + instance
    const admission = this.#replicas[index]!.arrive(job, workMs, this.#agenda.nowMs)
    if (admission === 'working') this.#scheduleLook(index)
    return admission !== 'refused'
  }

  /** A REPLICA event has come: calls `done` with every job that the replica has finished by now. */
  look(index: number, done: (job: number, replica: Replica) => void): void {
    const { nowMs } = this.#agenda
    // An earlier look was scheduled and has been taken: this one is stale.
    if (this.#looks[index] !== nowMs) return
    this.#looks[index] = Number.POSITIVE_INFINITY
    const replica = this.#replicas[index]!
    for (let job = replica.advance(nowMs); job !== -1; job = replica.advance(nowMs)) done(job, replica)
    this.#scheduleLook(index)
  }

  changeSpeed({ service, factor }: SpeedChange): void {
    const number = SERVICES.indexOf(service)
    const end = this.#first[number + 1] ?? this.#replicas.length
    for (let index = this.#first[number]!; index < end; index++) {
      this.#replicas[index]!.setSpeedFactor(factor, this.#agenda.nowMs)
      this.#scheduleLook(index)
    }
  }

  /** Every replica tells the balancer about itself. */
  report(routers: readonly ServiceRouter[]): void {
    for (const [service, router] of routers.entries()) {
      for (let i = 0; i < router.instances.length; i++) {
        router.onReport(i, this.#replicas[this.#first[service]! + i]!.report(this.#agenda.nowMs))
      }
    }
  }

  #scheduleLook(index: number): void {
    const atMs = this.#replicas[index]!.nextEventAtMs()
    if (atMs >= this.#looks[index]!) return
    this.#looks[index] = atMs
    this.#agenda.schedule(atMs, REPLICA, index)
  }
}
