/**
 * What a balancer can really see when it decides: names and places of the features.
 *
 * Every number is rounded where it is measured (see `quantize`), so that a recorded state and the state that a
 * model sees in service are the same numbers, bit for bit. NaN means "not known" (`null` in JSON).
 */

/** One value per decision. */
export const CONTEXT_FEATURES = [
  /** Index of the route class in the data set's list of routes. */
  'route',
  /** Requests in flight to the service through this balancer. */
  'inFlight',
  /** Decisions for the service in the last 10 s, per second. */
  'decisionsPerSecond',
  /** Instances that may be chosen. */
  'eligible',
  /** Expected work of the request: the mean of its route. */
  'workMs',
  /** Expected work of a request of late, whatever its route. */
  'meanWorkMs',
  /** Share of the service's work that comes from routes cheaper than this one. */
  'cheaperWorkShare',
  /** Share of the service's work that comes from this route. */
  'ownWorkShare',
] as const

/** One row per candidate instance. */
export const INSTANCE_FEATURES = [
  /** Requests sent to the instance and not answered yet. */
  'inFlight',
  /** Jobs waiting at the instance, as it last reported. */
  'queueDepth',
  /** Exponentially weighted mean latency of successes, time constant 10 s. */
  'ewmaLatencyMs',
  /** Mean latency of successes in the last 60 s. */
  'responseTimeMs',
  /** Share of failures in the last 60 s. */
  'errorRate',
  /** Answers in the last 60 s, per second. */
  'answersPerSecond',
  /** Share of the workers that were busy since the report before, as last reported. */
  'cpu',
  /** Share of memory in use, as last reported. */
  'memory',
  /** 1 if the instance answers its health check. */
  'healthy',
  /** 1 if the policy keeps it out, by breaker, ejection or health checks; not known where it has none of them. */
  'breakerOpen',
  /** Configured weight. */
  'weight',
  /** Expected work of the requests in flight to the instance. */
  'workMs',
  /** How much longer it works on a request than its route is expected to take: about 1; more is slower. */
  'slowness',
  /** Share of failures among its answers of late: time constant 10 s, and 0 when there were none. */
  'recentErrorRate',
] as const

export type ContextFeature = (typeof CONTEXT_FEATURES)[number]
export type InstanceFeature = (typeof INSTANCE_FEATURES)[number]

export const CONTEXT_WIDTH = CONTEXT_FEATURES.length
export const INSTANCE_WIDTH = INSTANCE_FEATURES.length

/** Offset of a feature within a row. */
export function instanceFeature(name: InstanceFeature): number {
  return INSTANCE_FEATURES.indexOf(name)
}

export function contextFeature(name: ContextFeature): number {
  return CONTEXT_FEATURES.indexOf(name)
}

/** Rounds to a thousandth: the resolution of every recorded number. Zero has no sign, as in the records. */
export function quantize(value: number): number {
  return Math.round(value * 1000) / 1000 + 0
}
