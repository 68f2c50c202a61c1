/**
 * What a rollout lives through: the requests of one service, and what befalls its instances, whoever routes them.
 * Times are in ms from any origin, work in ms at speed 1.
 */
export interface Workload {
  readonly service: string
  readonly instances: number
  /** Jobs that an instance works on at the same time. */
  readonly workers: number
  readonly discipline: 'fcfs' | 'ps'
  /** Requests under way at an instance, from which on it refuses more. */
  readonly limit: number
  /** Shape [requests], rising. */
  readonly timeMs: Float64Array
  /** Shape [requests]: index of the route class. */
  readonly route: Int32Array
  /** Shape [requests]. */
  readonly sizeMs: Float64Array
  /** Shape [requests]: what passes between the end of the work and the answer. */
  readonly afterMs: Float64Array
  /** Shape [requests]: a request fails where the share of failures is above its draw. */
  readonly draw: Float64Array
  readonly windowMs: number
  /** Start of the first window; what is before or behind the windows is as in the nearest. */
  readonly windowsFromMs: number
  /** Shape [windows x instances]. */
  readonly speed: Float64Array
  /** Shape [windows x instances]: share of the requests that fail without being worked on. */
  readonly failing: Float64Array
  /** How long a failure takes. */
  readonly failureMs: number
  /** What a failed request counts as, if it did not take longer. */
  readonly penaltyMs: number
}
