/** `/actuator/...`, as a Spring Boot application answers there. */
import type { BalancerControl } from '../control.ts'
import { metricsReply } from './control-routes.ts'
import { balancerMetrics } from './metrics.ts'
import type { MetricFamily } from './prometheus.ts'
import { type AdminRoute, Refusal } from './route.ts'

export function actuatorRoutes(control: BalancerControl): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/actuator/health',
      summary: '{"status": "UP"}, or 503 while it ends',
      answer: () => ({
        status: control.draining ? 503 : 200,
        json: { status: control.draining ? 'OUT_OF_SERVICE' : 'UP' },
      }),
    },
    {
      method: 'GET',
      path: '/actuator/info',
      summary: 'What this is',
      answer: () => ({
        json: {
          app: { name: 'loadgen', description: 'balancer' },
          startedAt: control.startedAt.toISOString(),
          services: control.services.map(({ name }) => name),
        },
      }),
    },
    {
      method: 'GET',
      path: '/actuator/metrics',
      summary: 'Names of the metrics',
      answer: () => ({ json: { names: balancerMetrics(control).map(({ name }) => name) } }),
    },
    {
      method: 'GET',
      path: '/actuator/metrics/{metric}',
      summary: 'One metric, summed over its series',
      answer: ({ parameters }) => {
        const family = balancerMetrics(control).find(({ name }) => name === parameters.metric)
        if (family === undefined) {
          throw new Refusal(404, `no metric "${parameters.metric}": the names are at /actuator/metrics`)
        }
        return { json: { name: family.name, description: family.help, measurements: measurementsOf(family) } }
      },
    },
    {
      method: 'GET',
      path: '/actuator/prometheus',
      summary: 'The same as `GET /metrics`',
      answer: () => metricsReply(control),
    },
  ]
}

function measurementsOf(family: MetricFamily) {
  if (family.type !== 'histogram') {
    const value = family.samples.reduce((sum, sample) => sum + sample.value, 0)
    return [{ statistic: family.type === 'counter' ? 'COUNT' : 'VALUE', value }]
  }
  const histograms = family.samples.map(({ histogramMs }) => histogramMs)
  return [
    { statistic: 'COUNT', value: histograms.reduce((sum, { count }) => sum + count, 0) },
    { statistic: 'TOTAL_TIME', value: histograms.reduce((sum, histogram) => sum + histogram.sum, 0) / 1000 },
  ]
}
