/**
 * The shop as it stands when a scenario says nothing of it.
 *
 * Speeds within a service differ on purpose: among equal replicas every sensible policy is as good as another.
 */
import type { ServiceName, ServiceSettings } from './scenario.ts'

const DEFAULT_WORKERS = 2
const DEFAULT_QUEUE_LIMIT = 64

function service(...speeds: number[]): ServiceSettings {
  return { speeds, workers: DEFAULT_WORKERS, queueLimit: DEFAULT_QUEUE_LIMIT, discipline: 'fcfs' }
}

export const DEFAULT_SERVICES: Readonly<Record<ServiceName, ServiceSettings>> = {
  'user-service': service(1, 1, 0.7),
  'inventory-service': service(1, 0.6),
  'cart-service': service(1, 1, 0.5),
  'order-service': service(1, 0.8, 0.6),
  'payment-service': service(1, 0.7),
  'notification-service': service(1, 0.8),
}
