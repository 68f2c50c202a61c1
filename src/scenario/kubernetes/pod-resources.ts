/** What a pod of the load asks of its node, estimated from its share of the load. */

export interface PlannedLoad {
  readonly peakUsers: number
  readonly requestsPerSecond: number
  readonly durationMs: number
}

/**
 * Of one core, per request: what a request at a fixed rate costs with sessions, checks and logs (bench/README.md,
 * "Live"), times 1.5 for slower machines.
 */
const CPU_SECONDS_PER_REQUEST = 0.000_3
const IDLE_CPU = 0.1
/** The process without users, and one user with session, cookies and connection (bench/README.md, "Live"). */
const PROCESS_MIB = 160
const USER_MIB = 0.04

/** CPU without a limit: a process that is throttled measures the throttle. */
export function podResources({ peakUsers, requestsPerSecond }: PlannedLoad, segments: number): object {
  const cpu = IDLE_CPU + (requestsPerSecond * CPU_SECONDS_PER_REQUEST) / segments
  const mebibytes = PROCESS_MIB + (peakUsers * USER_MIB) / segments
  return {
    requests: { cpu: `${Math.ceil(cpu * 20) * 50}m`, memory: `${roundUp(mebibytes)}Mi` },
    limits: { memory: `${roundUp(2 * mebibytes)}Mi` },
  }
}

/** Segments of which each fits on one core. */
export function leastSegments({ requestsPerSecond }: PlannedLoad): number {
  return Math.max(1, Math.ceil((requestsPerSecond * CPU_SECONDS_PER_REQUEST) / 0.8))
}

function roundUp(mebibytes: number): number {
  return Math.ceil(mebibytes / 32) * 32
}
