/** What a standalone balancer is told: its file, checked and resolved. Times are milliseconds. */
import type { RewardSettings } from '../../core/index.ts'
import type { RetryCause } from '../client-settings.ts'

export interface ListenAddress {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
}

export interface InstanceConfig {
  readonly id: string
  /** Scheme, host and port. */
  readonly url: string
  readonly weight: number
}

export interface RouteClassConfig {
  readonly name: string
  /** Undefined for all. */
  readonly method?: string | undefined
  /** Behind the prefix; `*` or `{name}` stands for one segment, a last `**` for all that follow. */
  readonly path: string
}

/** What requests that belong together share, for rules that keep them together. */
export type AffinityConfig =
  | { readonly by: 'path' | 'client' }
  | { readonly by: 'header' | 'cookie'; readonly name: string }

export interface HealthConfig {
  readonly path: string
  readonly intervalMs: number
  readonly timeoutMs: number
  /** Checks in a row that have to succeed to bring an instance back, and to fail to put it out. */
  readonly rise: number
  readonly fall: number
  /** Answers that mean healthy; empty stands for all of 2xx. */
  readonly statuses: readonly number[]
  /** Whether the answer is a report of ours, {healthy, cpu, memory, queueDepth}. */
  readonly report: boolean
}

export interface ServiceConfig {
  readonly name: string
  /** Requests are its own if their path starts with the prefix and their host is this one; null is any. */
  readonly match: { readonly path: string; readonly host: string | null }
  readonly stripPrefix: boolean
  readonly policy: string
  readonly instances: readonly InstanceConfig[]
  /** Null: nobody asks. */
  readonly health: HealthConfig | null
  /** After so many failures in a row, none of them a status, an instance is out until a check succeeds; 0: never. */
  readonly passiveFailures: number
  /** Where policies that probe ask; null: nowhere. */
  readonly probePath: string | null
  readonly routes: readonly RouteClassConfig[]
  readonly affinity: AffinityConfig
}

export interface AdminConfig extends ListenAddress {
  /** Null only on loopback. */
  readonly token: string | null
  /** Text of the policy that clients of the predecessor call `rl-agent`; null: the model that a service uses. */
  readonly rlAgent: string | null
}

export interface TimeoutConfig {
  readonly connectMs: number
  /** From the request to the head of the answer, and between the parts of its body. */
  readonly answerMs: number
  /** For the head of a request. */
  readonly headersMs: number
  /** For a short body, and between the parts of a long one. */
  readonly bodyMs: number
  /** A connection without a request. */
  readonly idleMs: number
  /** For what is under way when the balancer is told to end. */
  readonly drainMs: number
}

export interface LimitConfig {
  readonly headerBytes: number
  readonly bodyBytes: number
  /** Bodies up to this length are kept until they are sent, so that they can be sent again. */
  readonly bufferBytes: number
  readonly connections: number
  readonly requestsPerConnection: number
  /** Connections to one instance, and requests that may wait for one. */
  readonly connectionsPerInstance: number
  readonly waitingPerInstance: number
}

export interface BalancerRetryConfig {
  /** Attempts after the first. */
  readonly most: number
  /** Retries per request of the last 10 s, and 10 per second beyond; null: as many as there are. */
  readonly budget: number | null
  readonly on: readonly RetryCause[]
}

export interface HeaderConfig {
  /** Names the instance that answered; null: no such header. */
  readonly instance: string | null
  /** What the client says in X-Forwarded-* is believed and added to. */
  readonly trustForwarded: boolean
  /** Instances get the Host of the client instead of their own. */
  readonly preserveHost: boolean
  /** Pseudonym in Via; null: no such header. */
  readonly via: string | null
}

export interface RecordingConfig {
  readonly directory: string
  /** Share of the traces that are kept. */
  readonly sample: number
  /** So much may wait for the disk; what is more is dropped, and counted. */
  readonly queueBytes: number
  readonly reward: RewardSettings
}

export interface BalancerConfig {
  readonly listen: ListenAddress
  /** Null: no admin API. */
  readonly admin: AdminConfig | null
  readonly services: readonly ServiceConfig[]
  readonly timeouts: TimeoutConfig
  readonly limits: LimitConfig
  readonly retries: BalancerRetryConfig
  readonly headers: HeaderConfig
  /** Null: nothing is recorded. */
  readonly recording: RecordingConfig | null
  /** As the predecessor: whatever is not 2xx is a 502. */
  readonly compat: boolean
  /** Of the policies' random choices; null: a new one every time. */
  readonly seed: number | null
}
