/**
 * Probes on their way: at the instance after half of a hop, and back with its answer after a whole one.
 *
 * Which instances are asked is the policy's business. They answer out of turn, so only an instance that is down or
 * keeps silent gives no answer; what delays its other answers delays this one too.
 */
import { keyOf, mixKeys, type Random } from '../../core/index.ts'
import { IndexBuffer, type ServiceRouter } from '../../routing/index.ts'
import { type Agenda, PROBE } from './agenda.ts'
import type { ReplicaBank } from './replica-bank.ts'
import { Slots } from './slots.ts'

const PROBE_DRAWS = keyOf('probe')

interface Probe {
  service: number
  instance: number
  key: number
  /** It has been at the instance and brings the answer. */
  answered: boolean
  inFlight: number
  latencyMs: number
}

export interface ProbesOptions {
  readonly agenda: Agenda
  readonly replicas: ReplicaBank
  /** In the order of SERVICES, as is what their policies draw the targets from. */
  readonly routers: readonly ServiceRouter[]
  readonly randoms: readonly Random[]
  readonly hopMs: number
}

export class Probes {
  readonly #options: ProbesOptions
  readonly #underWay = new Slots<Probe>()
  readonly #spare: Probe[] = []
  readonly #targets = new IndexBuffer()
  readonly #report = { instance: 0, nowMs: 0, inFlight: 0, latencyMs: Number.NaN }

  constructor(options: ProbesOptions) {
    this.#options = options
  }

  /** A decision has been made: sends what its policy wants to know. */
  send(service: number): void {
    const { routers, randoms } = this.#options
    const { policy, observation } = routers[service]!
    if (policy.probes === undefined) return
    const targets = this.#targets.of(observation.count)
    const count = policy.probes(observation, randoms[service]!, targets)
    for (let i = 0; i < count; i++) this.#send(service, targets[i]!)
  }

  /** A PROBE event has come. */
  goOn(slot: number): void {
    const probe = this.#underWay.at(slot)!
    if (probe.answered) {
      this.#tell(probe)
      this.#end(slot)
    } else this.#ask(probe, slot)
  }

  #send(service: number, instance: number): void {
    const { agenda, hopMs } = this.#options
    const probe = this.#spare.pop() ?? newProbe()
    probe.service = service
    probe.instance = instance
    probe.key = probeKey(service, instance, agenda.nowMs)
    probe.answered = false
    agenda.schedule(agenda.nowMs + hopMs / 2, PROBE, this.#underWay.put(probe))
  }

  #ask(probe: Probe, slot: number): void {
    const { agenda, replicas, hopMs } = this.#options
    const { service, instance, key } = probe
    const condition = replicas.condition(service, instance)
    if (condition.down || condition.verdictOf(key)?.kind === 'silence') return this.#end(slot)
    const { inFlight, latencyMs } = replicas.replica(service, instance).probe(agenda.nowMs)
    probe.answered = true
    probe.inFlight = inFlight
    probe.latencyMs = latencyMs
    agenda.schedule(agenda.nowMs + hopMs / 2 + condition.delayMs(key, 0), PROBE, slot)
  }

  #tell({ service, instance, inFlight, latencyMs }: Probe): void {
    const report = this.#report
    report.instance = instance
    report.nowMs = this.#options.agenda.nowMs
    report.inFlight = inFlight
    report.latencyMs = latencyMs
    this.#options.routers[service]!.policy.onProbe?.(report)
  }

  #end(slot: number): void {
    this.#spare.push(this.#underWay.take(slot))
  }
}

/** By what it is and not by its number: what else is probed, by a shadow for one, shifts none of its draws. */
function probeKey(service: number, instance: number, nowMs: number): number {
  const whose = mixKeys(mixKeys(PROBE_DRAWS, service), instance)
  return mixKeys(whose, Math.floor(nowMs * 1000) >>> 0)
}

function newProbe(): Probe {
  return { service: 0, instance: 0, key: 0, answered: false, inFlight: 0, latencyMs: Number.NaN }
}
