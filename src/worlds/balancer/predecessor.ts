/**
 * The admin routes of the public predecessor (subhatanay/ai-loadbalancer), in its shapes, over our balancer.
 *
 * Its clients know one base URL for traffic and for these, so `loadgen target` answers them on its main port too;
 * `loadgen balancer` on its admin port only.
 */
import { actuatorRoutes } from './admin/actuator-routes.ts'
import { AdminApi } from './admin/admin-api.ts'
import { Algorithms } from './admin/algorithms.ts'
import { Benchmark } from './admin/benchmark.ts'
import { benchmarkRoutes } from './admin/benchmark-routes.ts'
import { registryRoutes } from './admin/registry-routes.ts'
import { rlRoutes } from './admin/rl-routes.ts'
import type { AdminRoute } from './admin/route.ts'
import type { BalancerControl } from './control.ts'

export interface PredecessorOptions {
  /** Text of the policy that the predecessor's `rl-agent` stands for; else the model that a service uses. */
  readonly rlAgent?: string
}

export function predecessorRoutes(control: BalancerControl, options: PredecessorOptions): AdminRoute[] {
  const algorithms = new Algorithms(control, options.rlAgent)
  const benchmark = new Benchmark(control, algorithms)
  return [
    ...registryRoutes(control),
    ...benchmarkRoutes(algorithms, benchmark),
    ...rlRoutes(control, algorithms, benchmark),
    ...actuatorRoutes(control),
  ]
}

/** For a server that has other things to do: `knows(url)` says whether `handle` would answer. */
export function createPredecessorApi(control: BalancerControl): AdminApi {
  return new AdminApi(predecessorRoutes(control, {}))
}
