/** All replicas of the virtual shop: who gets a job, when to look whether one has done it, and what befalls them. */
import type { ServiceRouter } from '../../routing/index.ts'
import { type Scenario, SERVICES } from '../../scenario/index.ts'
import {
  type ConditionChange,
  type Effect,
  type Host,
  type Replica,
  ReplicaCondition,
  SELF_INFLICTED,
  type Shop,
  UNREACHABLE,
} from '../../shop/index.ts'
import { type Agenda, REPLICA } from './agenda.ts'

export class ReplicaBank {
  readonly #agenda: Agenda
  readonly #replicas: readonly Replica[]
  readonly #conditions: readonly ReplicaCondition[]
  readonly #hosts: readonly Host[]
  /** By service: number of its first replica, and the speed of its fastest. */
  readonly #first: readonly number[]
  readonly #fastest: readonly number[]
  /** By replica: how often it has crashed. */
  readonly #crashes: Uint32Array
  /** By replica: when the next look at it is scheduled. */
  readonly #looks: Float64Array

  constructor(shop: Shop, scenario: Scenario, agenda: Agenda) {
    this.#agenda = agenda
    this.#replicas = SERVICES.flatMap((service) => shop.replicas[service])
    this.#conditions = this.#replicas.map((replica) => new ReplicaCondition(replica))
    this.#hosts = this.#replicas.map((replica, index) => ({
      replica,
      befall: (effect) => this.#change(index, SELF_INFLICTED, effect),
    }))
    this.#first = SERVICES.map((service) => this.#replicas.indexOf(shop.replicas[service][0]!))
    this.#fastest = SERVICES.map((service) => Math.max(...scenario.shop.services[service].speeds))
    this.#crashes = new Uint32Array(this.#replicas.length)
    this.#looks = new Float64Array(this.#replicas.length).fill(Number.POSITIVE_INFINITY)
  }

  /** Speed of the fastest replica of a service. */
  fastest(service: number): number {
    return this.#fastest[service]!
  }

  replica(service: number, instance: number): Replica {
    return this.#replicas[this.#first[service]! + instance]!
  }

  condition(service: number, instance: number): ReplicaCondition {
    return this.#conditions[this.#first[service]! + instance]!
  }

  /** An instance as its endpoints see it. */
  host(service: number, instance: number): Host {
    return this.#hosts[this.#first[service]! + instance]!
  }

  /** How often an instance has crashed. */
  crashes(service: number, instance: number): number {
    return this.#crashes[this.#first[service]! + instance]!
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

  /** Something befalls a replica, or ends. Returns the jobs that are lost, if it has crashed; undefined if it has not. */
  change({ service, instance, fault, effect }: ConditionChange): number[] | undefined {
    const index = this.#first[service]! + instance
    const condition = this.#conditions[index]!
    const wasDown = condition.down
    const lost = this.#change(index, fault, effect)
    if (wasDown || !condition.down) return undefined
    this.#crashes[index]!++
    return lost
  }

  /** Every replica tells the balancer about itself. */
  report(routers: readonly ServiceRouter[]): void {
    for (const [service, router] of routers.entries()) {
      for (let i = 0; i < router.instances.length; i++) {
        const index = this.#first[service]! + i
        const { down } = this.#conditions[index]!
        const { nowMs } = this.#agenda
        router.onReport(i, down ? UNREACHABLE : this.#replicas[index]!.report(nowMs), nowMs)
      }
    }
  }

  #change(index: number, fault: number, effect: Effect | undefined): number[] {
    const lost = this.#conditions[index]!.change(fault, effect, this.#agenda.nowMs)
    this.#scheduleLook(index)
    return lost
  }

  #scheduleLook(index: number): void {
    const atMs = this.#replicas[index]!.nextEventAtMs()
    if (atMs >= this.#looks[index]!) return
    this.#looks[index] = atMs
    this.#agenda.schedule(atMs, REPLICA, index)
  }
}
