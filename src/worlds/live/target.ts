/** The embedded target: the shop's replicas as HTTP servers, and our balancer in front of them. */
import { RandomStreams } from '../../core/index.ts'
import { type ExperienceLog, JsonlFile } from '../../experience/index.ts'
import type { PolicyFactory } from '../../routing/index.ts'
import { type Scenario, SERVICES } from '../../scenario/index.ts'
import { ConditionTimeline, Shop } from '../../shop/index.ts'
import { DecisionStatistics } from '../decision-statistics.ts'
import { createExperienceLog } from '../recording.ts'
import { createRouters } from '../routers.ts'
import { Balancer } from './balancer-server.ts'
import { epochMs, LiveClock } from './clock.ts'
import { HealthPoll } from './health-poll.ts'
import { HttpClient } from './http-client.ts'
import { startHttpServer } from './http-server.ts'
import { ReplicaServer } from './replica-server.ts'
import { Timers } from './timers.ts'

/** Requests that a fault leaves without an answer hold theirs until the balancer gives them up. */
const CONNECTIONS_PER_REPLICA = 1024
const CONNECTIONS_TO_BALANCER = 1024
const FLUSH_MS = 100

export interface TargetOptions {
  readonly scenario: Scenario
  readonly seed: number
  readonly policies: PolicyFactory
  /** 0 lets the system choose. */
  readonly port: number
  /** Where decisions are recorded, if they are. */
  readonly recordTo?: { readonly run: string; readonly file: string }
}

export interface RunningTarget {
  /** `http://127.0.0.1:<port>`, in front of `/proxy/<service>/...`. */
  readonly url: string
  /** When the target's clock, and with it the timeline of the scenario, began. */
  readonly startEpochMs: number
  readonly decisions: DecisionStatistics
  readonly log: ExperienceLog | undefined
  /** Ends all servers, writes what is left to write. @throws WorldError if the disk failed */
  close(): Promise<void>
}

/** @throws TargetError if the port cannot be had, WorldError if the record file cannot be written */
export async function startTarget(options: TargetOptions): Promise<RunningTarget> {
  const { scenario, recordTo } = options
  const startEpochMs = epochMs()
  const { now } = new LiveClock(startEpochMs)
  const shop = new Shop(scenario)
  const routers = createRouters(scenario, options.policies, new RandomStreams(options.seed))
  const file = recordTo === undefined ? undefined : await JsonlFile.create(recordTo.file)
  const log =
    file === undefined
      ? undefined
      : createExperienceLog({ run: recordTo!.run, scenario, routers, sink: file })

  let toBalancer: HttpClient
  const replicas = SERVICES.map((service) =>
    shop.replicas[service].map(
      (replica) => new ReplicaServer({ service, replica, shop, balancer: () => toBalancer, now }),
    ),
  )
  await Promise.all(replicas.flat().map((server) => server.start()))
  const upstreams = clientsOf(replicas, CONNECTIONS_PER_REPLICA)
  const probes = clientsOf(replicas, 1)
  const decisions = new DecisionStatistics()
  const phases = scenario.phases.map((phase) => phase.name)
  const profiles = Object.keys(scenario.behaviors)
  const { timeoutMs } = scenario.routing
  const balancer = new Balancer({
    shop,
    routers,
    upstreams,
    phases,
    profiles,
    log,
    decisions,
    timeoutMs,
    now,
  })
  const front = await startHttpServer(
    (request, body, response) => balancer.handle(request, body, response),
    options.port,
  ).catch(async (error: unknown) => {
    // A replica that goes on listening would keep the process from ending.
    await Promise.all(replicas.flat().map((server) => server.close()))
    await file?.close()
    throw error
  })
  const url = `http://127.0.0.1:${front.port}`
  toBalancer = new HttpClient(url, CONNECTIONS_TO_BALANCER)

  const poll = new HealthPoll(routers, probes, scenario.shop.pollMs, now)
  poll.start()
  const flushing = setInterval(() => file?.flush(), FLUSH_MS)
  const conditions = followConditions(new ConditionTimeline(scenario, options.seed), replicas, now)

  const close = async (): Promise<void> => {
    poll.stop()
    clearInterval(flushing)
    conditions.stop()
    await front.close()
    await Promise.all([toBalancer, ...upstreams.flat(), ...probes.flat()].map((client) => client.close()))
    await Promise.all(replicas.flat().map((server) => server.close()))
    log?.close(now(), (service) => routers[service]!.closingState(now()))
    await file?.close()
  }
  return { url, startEpochMs, decisions, log, close }
}

function clientsOf(
  replicas: readonly (readonly ReplicaServer[])[],
  connections: number,
): readonly (readonly HttpClient[])[] {
  return replicas.map((servers) =>
    servers.map(({ port }) => new HttpClient(`http://127.0.0.1:${port}`, connections)),
  )
}

/** Lets faults and background loads befall the replicas when their time comes. */
function followConditions(
  timeline: ConditionTimeline,
  replicas: readonly (readonly ReplicaServer[])[],
  now: () => number,
): { stop(): void } {
  const timers = new Timers()
  const follow = (): void => {
    // A timer may fire a little early: then it is set once more.
    while (timeline.nextAtMs <= now()) {
      const change = timeline.take()
      replicas[change.service]![change.instance]!.change(change)
    }
    if (timeline.nextAtMs !== Number.POSITIVE_INFINITY) timers.after(timeline.nextAtMs - now(), follow)
  }
  follow()
  return { stop: () => timers.cancelAll() }
}
