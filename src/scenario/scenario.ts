/**
 * The resolved scenario: what every other room reads. Nothing in here is optional that a run needs; defaults are
 * filled in and names are checked by the loader. It is plain JSON, so that it can be hashed, written into the
 * manifest and sent to another process.
 */
import type { RewardSettings, Tags, World } from '../core/index.ts'
import type { CaptureSettings } from './capture-settings.ts'
import type { ClientSettings } from './client-settings.ts'
import type { Executor } from './executor.ts'
import type { FlowData, FlowRequest } from './flow/flow.ts'
import type { InvalidInputs, MistakeRates } from './mistakes.ts'
import type { Threshold } from './threshold/threshold.ts'

/** The services of the shop, in the order used everywhere (records, reports, figures). */
export const SERVICES = [
  'user-service',
  'inventory-service',
  'cart-service',
  'order-service',
  'payment-service',
  'notification-service',
] as const
export type ServiceName = (typeof SERVICES)[number]

/** What a user can do on a page. The mix of a behaviour and of a phase gives each a weight. */
export const ACTIONS = ['browse', 'search', 'product', 'cartAdd', 'cartRemove', 'order', 'profile'] as const
export type Action = (typeof ACTIONS)[number]
/** Weights that need not sum to 1; an action that is not named has weight 0. */
export type ActionMix = Readonly<Partial<Record<Action, number>>>

export type Range = readonly [low: number, high: number]

/** How one kind of user behaves: as a shopper who makes up their own mind, or by a script of requests. */
export type Behavior = ShopperBehavior | FlowBehavior

interface NamedBehavior {
  readonly name: string
  readonly description: string
  /** Tags of all its requests. */
  readonly tags?: Tags
}

export interface FlowBehavior extends NamedBehavior {
  readonly kind: 'flow'
  readonly data?: FlowData
  readonly requests: readonly FlowRequest[]
}

export interface ShopperBehavior extends NamedBehavior {
  readonly kind: 'shopper'
  /** A session ends when its drawn length is over or its drawn pages are used up, whichever comes first. */
  readonly sessionMinutes: Range
  readonly pagesPerSession: Range
  /** Pause after every page, at medium intensity. */
  readonly thinkTimeSeconds: Range
  /** Share of sessions that place at least one order. */
  readonly conversionRate: number
  /** Share of sessions with something in the cart that end without an order. */
  readonly cartAbandonmentRate: number
  /** Items in the cart at checkout. */
  readonly cartSize: Range
  readonly actions: ActionMix
  readonly mistakes: MistakeRates
}

/** One stretch of the day. Phases may overlap: their users then add up. */
export interface Phase {
  readonly name: string
  readonly startMs: number
  readonly durationMs: number
  /** How its sessions start. */
  readonly executor: Executor
  /**
   * After its end, sessions under way go on for so long before they are cut. Null: its users go on with the next phase
   * that needs some, or leave at once; sessions of an open loop go on until the last phase ends.
   */
  readonly gracefulStopMs: number | null
  /** The word or number of the file, for display. */
  readonly intensity: string
  /** How fast users act: think times are divided by it and page budgets multiplied. 1 is medium. */
  readonly pace: number
  /** Behaviour name to share of sessions; sums to 1. */
  readonly behaviors: Readonly<Record<string, number>>
  /** The phase's own mix; half of the actions are drawn from it when it is there, half from the behaviour's. */
  readonly actions?: ActionMix
  /** Share of each replica's speed that other clients of the service take in this phase, 0 to below 1. */
  readonly backgroundLoad: Readonly<Partial<Record<ServiceName, number>>>
  readonly variability: Variability
  /** Tags of all requests of the phase. */
  readonly tags?: Tags
}

/** How much a phase departs from its own plan, at random: each a share from 0 to 1. */
export interface Variability {
  /** The number of users is drawn anew every minute, within so much of what is planned. */
  readonly users: number
  /** A think time is drawn from a range that is wider by so much of itself at both ends. */
  readonly thinkTime: number
  /** So many of the actions are any action at all. */
  readonly actions: number
}

/** Something that goes wrong with instances for a while. */
export interface Fault {
  /** Name in the list of faults (`loadgen list faults`). */
  readonly kind: string
  /** Ids of the instances that it may befall. */
  readonly instances: readonly string[]
  /** It befalls this share of them, drawn anew for every seed; at least one. */
  readonly share: number
  readonly startMs: number
  readonly durationMs: number
  /** All parameters of the kind, in the units of their names. */
  readonly parameters: Readonly<Record<string, number>>
}

/** Faults that come at random. */
export interface ChaosWave {
  readonly startMs: number
  readonly durationMs: number
  /** Mean time between two faults; the gaps are exponential. */
  readonly everyMs: number
  /** How long one lasts. */
  readonly lengthMs: Range
  /** A fault befalls one of these services, */
  readonly services: readonly ServiceName[]
  /** and this share of its instances, at least one. */
  readonly share: number
  /** It is one of these. */
  readonly faults: readonly Pick<Fault, 'kind' | 'parameters'>[]
}

export interface Product {
  readonly sku: string
  readonly name: string
  readonly category: string
  readonly price: number
  readonly image: string
  /** Weight with which users pick it. */
  readonly popularity: number
}

export interface Address {
  readonly street: string
  readonly city: string
  readonly state: string
  readonly zipCode: string
  readonly country: string
  readonly phone?: string
}

/** How a replica shares itself out among its jobs: first come first served, or processor sharing. */
export const DISCIPLINES = ['fcfs', 'ps'] as const
export type Discipline = (typeof DISCIPLINES)[number]

/** The replicas of one service: one entry in `speeds` per replica, 1 being nominal. */
export interface ServiceSettings {
  readonly speeds: readonly number[]
  /** What the balancer is told that each is worth, for rules that go by weights; where it is not there, 1 each. */
  readonly weights?: readonly number[]
  /** Jobs that one replica works on at the same time. */
  readonly workers: number
  /** Jobs that may wait at one replica (`ps`: that it may have beyond its workers); the next one is answered 503. */
  readonly queueLimit: number
  readonly discipline: Discipline
}

/** Log-normal: the mean in ms at speed 1, and the standard deviation of the logarithm (0 is a constant time). */
export interface ServiceTime {
  readonly meanMs: number
  readonly sigma: number
}

export interface ShopSettings {
  readonly services: Readonly<Record<ServiceName, ServiceSettings>>
  /** By route class: the work of a request, where it is not to be the endpoint's own. */
  readonly work: Readonly<Record<string, ServiceTime>>
  /** Multiplies the service time of every endpoint. */
  readonly workScale: number
  /** Network time added to every call, there and back together. Virtual world only: sockets bring their own. */
  readonly hopMs: number
  /** How often the balancer asks replicas for CPU, memory and queue depth. */
  readonly pollMs: number
}

export interface RoutingSettings {
  readonly policy: string
  /** After so long without an answer, the balancer gives an instance up. */
  readonly timeoutMs: number
}

export interface Scenario {
  readonly name: string
  readonly description: string
  readonly world: World
  readonly seed: number
  /** How many times faster than real users ours live: divides session lengths and think times. */
  readonly timeScale: number
  /** Distinct customer accounts; a session is one of them, and none has two sessions at once. */
  readonly accounts: number
  /** No more users than this at any time. */
  readonly maxConcurrentUsers: number
  /** A virtual run that needs more events than this is stopped, with what it has recorded. */
  readonly maxEvents: number
  readonly phases: readonly Phase[]
  readonly behaviors: Readonly<Record<string, Behavior>>
  readonly products: readonly Product[]
  readonly addresses: readonly Address[]
  readonly invalidInputs: InvalidInputs
  readonly client: ClientSettings
  readonly routing: RoutingSettings
  readonly shop: ShopSettings
  readonly faults: readonly Fault[]
  readonly chaos: readonly ChaosWave[]
  readonly reward: RewardSettings
  readonly thresholds: readonly Threshold[]
  readonly training: { readonly algorithm: string }
  /** The replay after training: these policies and the learned one, over so many held-out seeds. */
  readonly evaluation: { readonly policies: readonly string[]; readonly seeds: number }
  /** How the decisions of a balancer that is not ours are seen; not there if they are not. */
  readonly capture?: CaptureSettings
}

/** Ids of the replicas of a service, in the order of the rows of an observation. */
export function instanceIds(scenario: Pick<Scenario, 'shop'>, service: ServiceName): string[] {
  return scenario.shop.services[service].speeds.map((_, i) => `${service}-${i + 1}`)
}

/** End of the last phase, in ms from the start: when no session starts any more. */
export function scenarioDurationMs(scenario: Pick<Scenario, 'phases'>): number {
  return Math.max(...scenario.phases.map((phase) => phase.startMs + phase.durationMs))
}

/** When even the last session is cut, in ms from the start. A run is over sooner if nobody is left to wait for. */
export function hardEndMs({ phases }: Pick<Scenario, 'phases'>): number {
  return Math.max(
    ...phases.map(({ startMs, durationMs, gracefulStopMs }) => startMs + durationMs + (gracefulStopMs ?? 0)),
  )
}
