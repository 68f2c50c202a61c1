/**
 * The six strategies: ways to route that a policy on the level of strategies chooses among, each a policy by itself.
 * Their names are those of the project's first documents, and the order is that of `strategyPropensity` in a record.
 */
export const STRATEGIES = [
  { name: 'least-loaded', policy: 'least-outstanding' },
  { name: 'fastest-responding', policy: 'least-response-time(guard=in-flight)' },
  { name: 'round-robin', policy: 'round-robin' },
  { name: 'weighted-capacity', policy: 'smooth-weighted-round-robin' },
  { name: 'circuit-breaker', policy: 'circuit-breaker(least-outstanding)' },
  { name: 'backpressure-aware', policy: 'backpressure(least-outstanding)' },
] as const

export const STRATEGY_NAMES: readonly string[] = STRATEGIES.map(({ name }) => name)
