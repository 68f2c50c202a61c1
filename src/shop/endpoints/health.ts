/** The health check that every service answers without a token. */
import { SERVICES, type ServiceName } from '../../scenario/index.ts'
import { answer, type Endpoint } from '../endpoint.ts'

export const healthEndpoints: readonly Endpoint[] = SERVICES.map((service: ServiceName) => ({
  name: `${service.replace('-service', '')}.health`,
  service,
  method: 'GET',
  path: '/actuator/health',
  open: true,
  work: { meanMs: 0.1, sigma: 0 },
  handle: () => answer(200, { status: 'UP' }),
}))
