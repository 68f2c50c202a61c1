/** `/rl/...`: what the predecessor's balancer says of its learned router, and does with it. */
import type { BalancerControl } from '../control.ts'
import { usesModel } from '../uses-model.ts'
import type { Algorithms } from './algorithms.ts'
import type { Benchmark } from './benchmark.ts'
import type { AdminRoute } from './route.ts'
import { reloadModels } from './switch-policy.ts'

export function rlRoutes(
  control: BalancerControl,
  algorithms: Algorithms,
  benchmark: Benchmark,
): AdminRoute[] {
  const models = () =>
    control.services
      .filter(({ policy }) => usesModel(policy))
      .map(({ name, policy, router }) => ({ service: name, policy, version: router.policy.version }))
  return [
    {
      method: 'GET',
      path: '/rl/status',
      summary: 'Whether a model decides, and which',
      answer: () => ({
        json: {
          currentStrategy: algorithms.current,
          rlAgentAvailable: algorithms.names.includes('rl-agent'),
          rlAgentActive: models().length > 0,
          models: models(),
          currentAlgorithmStats: benchmark.current(),
        },
      }),
    },
    {
      method: 'GET',
      path: '/rl/strategies',
      summary: 'The algorithms that can be switched to',
      answer: () => ({ json: { strategies: algorithms.names, currentStrategy: algorithms.current } }),
    },
    {
      method: 'POST',
      path: '/rl/reload',
      summary: 'The same as `POST /api/v1/models/reload`',
      answer: async () => {
        await reloadModels(control)
        return { json: { status: 'success', message: 'models reloaded', models: models() } }
      },
    },
    {
      method: 'POST',
      path: '/rl/reset-stats',
      summary: 'Forgets the statistics of all algorithms',
      answer: () => {
        benchmark.reset()
        return { json: { status: 'success', message: 'statistics reset' } }
      },
    },
  ]
}
