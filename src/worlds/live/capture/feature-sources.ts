/** Where the features of an instance come from, if the balancer is not ours: the client itself, or who is asked. */
import { INSTANCE_FEATURES, type InstanceFeature } from '../../../routing/index.ts'
import type { CaptureSettings } from '../../../scenario/index.ts'

export type FeatureSource = 'client' | 'prometheus' | 'admin'

/** What a client measures by itself. */
const CLIENT_FEATURES: readonly InstanceFeature[] = [
  'ewmaLatencyMs',
  'responseTimeMs',
  'errorRate',
  'answersPerSecond',
  'recentErrorRate',
]

/**
 * By feature; null: nobody tells it. What a query asks for comes from Prometheus and from nowhere else: a value of the
 * client in its place would be another quantity. What the client measures itself, it need not be told by others.
 */
export function featureSources({
  prometheus,
  admin,
}: CaptureSettings): Readonly<Record<string, FeatureSource | null>> {
  const sourceOf = (feature: InstanceFeature): FeatureSource | null => {
    if (prometheus !== null && Object.hasOwn(prometheus.queries, feature)) return 'prometheus'
    if (CLIENT_FEATURES.includes(feature)) return 'client'
    return admin === null ? null : 'admin'
  }
  return Object.fromEntries(INSTANCE_FEATURES.map((feature) => [feature, sourceOf(feature)]))
}
