/** The embedded target: the shop's replicas as HTTP servers, and our balancer in front of them. */
import { type ExperienceLog, JsonlFile } from '../../experience/index.ts'
import { type PolicyFactory, policyFactory, refuseOracles } from '../../routing/index.ts'
import { type Scenario, SERVICES, type ServiceName } from '../../scenario/index.ts'
import { ConditionTimeline, Shop } from '../../shop/index.ts'
import { Balancer } from '../balancer/balancer.ts'
import { DecisionStatistics } from '../decision-statistics.ts'
import { createExperienceLog } from '../recording.ts'
import { epochMs, LiveClock } from './clock.ts'
import { HttpClient } from './engine/http-client.ts'
import { ReplicaServer } from './replica-server.ts'
import { adminRoutes, shopBalancerConfig, shopRoutes } from './shop-balancer.ts'
import { Timers } from './timers.ts'

const CONNECTIONS_TO_BALANCER = 1024
const FLUSH_MS = 100

export interface TargetOptions {
  readonly scenario: Scenario
  readonly seed: number
  readonly policies: PolicyFactory
  /** Text of the policy; its canonical one if not given. */
  readonly policy?: string
  /** Of the text of a policy that clients switch to; the built-in ones if not given. */
  readonly resolvePolicy?: (text: string) => PolicyFactory
  /** 0 lets the system choose. */
  readonly port: number
  /** Where decisions are recorded, if they are. */
  readonly recordTo?: { readonly run: string; readonly file: string }
  /** Origin of another balancer in front of `/proxy/<service>/...`, by which services call each other; ours if not given. */
  readonly via?: string
}

/** A replica, as another balancer may have it for an upstream. It keeps its port however often it dies. */
export interface RunningReplica {
  readonly id: string
  readonly url: string
}

export interface RunningTarget {
  /** `http://127.0.0.1:<port>`, in front of `/proxy/<service>/...`. */
  readonly url: string
  /** When the target's clock, and with it the timeline of the scenario, began. */
  readonly startEpochMs: number
  readonly replicas: Readonly<Record<ServiceName, readonly RunningReplica[]>>
  readonly decisions: DecisionStatistics
  readonly log: ExperienceLog | undefined
  /** Ends all servers, writes what is left to write. @throws WorldError if the disk failed */
  close(): Promise<void>
}

/**
 * @throws UsageError for an oracle, TargetError if the port cannot be had, WorldError if the record file cannot be written
 */
export async function startTarget(options: TargetOptions): Promise<RunningTarget> {
  const { scenario, seed, policies } = options
  const startEpochMs = epochMs()
  const { now } = new LiveClock(startEpochMs)
  for (const service of SERVICES) refuseOracles(policies(service))
  const shop = new Shop(scenario)
  let toBalancer: HttpClient
  const servers = SERVICES.map((service) =>
    shop.replicas[service].map(
      (replica) =>
        new ReplicaServer({ service, replica, shop, balancer: () => toBalancer, now, startEpochMs }),
    ),
  )
  await Promise.all(servers.flat().map((server) => server.start()))
  const replicas = urlsOf(servers)
  const decisions = new DecisionStatistics()
  const recording = await openRecording(options)
  const balancer = raiseBalancer({ options, shop, replicas, recording, decisions, now })
  await balancer.start().catch(async (error: unknown) => {
    // A replica that goes on listening would keep the process from ending.
    await Promise.all(servers.flat().map((server) => server.close()))
    await balancer.close()
    await recording.file?.close()
    throw error
  })
  const { url } = balancer
  toBalancer = new HttpClient(options.via ?? url, CONNECTIONS_TO_BALANCER)
  const flushing = setInterval(() => recording.file?.flush(), FLUSH_MS)
  const conditions = followConditions(new ConditionTimeline(scenario, seed), servers, now)

  const close = async (): Promise<void> => {
    clearInterval(flushing)
    conditions.stop()
    await balancer.close()
    await toBalancer.close()
    await Promise.all(servers.flat().map((server) => server.close()))
    await recording.file?.close()
  }
  return { url, startEpochMs, replicas, decisions, log: recording.log, close }
}

interface Recording {
  readonly file: JsonlFile | undefined
  log: ExperienceLog | undefined
}

async function openRecording({ recordTo }: TargetOptions): Promise<Recording> {
  const file = recordTo === undefined ? undefined : await JsonlFile.create(recordTo.file)
  return { file, log: undefined }
}

interface RaiseOptions {
  readonly options: TargetOptions
  readonly shop: Shop
  readonly replicas: RunningTarget['replicas']
  /** Gets its log. */
  readonly recording: Recording
  readonly decisions: DecisionStatistics
  readonly now: () => number
}

function raiseBalancer({ options, shop, replicas, recording, decisions, now }: RaiseOptions): Balancer {
  const { scenario, seed, policies, port, recordTo } = options
  const { file } = recording
  const policy = options.policy ?? policies(SERVICES[0]).id
  const known = (text: string): PolicyFactory => (text === policy ? policies : policyFactory(text))
  const balancer: Balancer = new Balancer({
    config: shopBalancerConfig(scenario, replicas, policy, port),
    policies: options.resolvePolicy ?? known,
    seed,
    now,
    observer: decisions,
    routesOf: ({ name }) => shopRoutes(shop, name),
    phases: scenario.phases.map((phase) => phase.name),
    profiles: Object.keys(scenario.behaviors),
    others: (request, response) => others(request, response),
    ...(file === undefined
      ? {}
      : {
          log: (routers) =>
            (recording.log = createExperienceLog({ run: recordTo!.run, scenario, routers, sink: file })),
        }),
  })
  const others = adminRoutes(balancer)
  return balancer
}

function urlsOf(replicas: readonly (readonly ReplicaServer[])[]): RunningTarget['replicas'] {
  const entries = SERVICES.map((service, i) => [
    service,
    replicas[i]!.map(({ replica, port }) => ({ id: replica.id, url: `http://127.0.0.1:${port}` })),
  ])
  return Object.fromEntries(entries) as RunningTarget['replicas']
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
