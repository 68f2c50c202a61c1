/** From the settings of a file, in the units of files, to those of a resolved scenario. */
import { byFullServiceName } from './fields.ts'
import {
  type Scenario,
  SERVICES,
  type ServiceName,
  type ServiceSettings,
  type Threshold,
  type ThresholdMetric,
} from './scenario.ts'
import { LIMIT_PATTERN, type SettingsFile } from './settings-schema.ts'
import { DEFAULT_SERVICES } from './shop-defaults.ts'
import { secondsToMs } from './units.ts'

export type Settings = Pick<
  Scenario,
  'client' | 'routing' | 'shop' | 'reward' | 'thresholds' | 'training' | 'evaluation'
>

export function resolveSettings(file: SettingsFile): Settings {
  return {
    client: {
      timeoutMs: secondsToMs(file.client.timeoutSeconds),
      retries: file.client.retries,
      hedgeAfterMs: file.client.hedgeAfterMs,
    },
    routing: { policy: file.routing.policy, timeoutMs: secondsToMs(file.routing.timeoutSeconds) },
    shop: resolveShop(file.shop),
    reward: file.reward,
    thresholds: Object.entries(file.thresholds).map(([metric, limit]) =>
      parseThreshold(metric as ThresholdMetric, limit),
    ),
    training: file.training,
    evaluation: file.evaluation,
  }
}

export function resolveShop(shop: SettingsFile['shop']): Scenario['shop'] {
  return {
    services: resolveServices(shop.services),
    work: shop.work,
    workScale: shop.workScale,
    hopMs: shop.hopMs,
    pollMs: secondsToMs(shop.pollSeconds),
  }
}

function resolveServices(map: SettingsFile['shop']['services']): Record<ServiceName, ServiceSettings> {
  const given = byFullServiceName(map)
  return Object.fromEntries(
    SERVICES.map((name) => [name, { ...DEFAULT_SERVICES[name], ...given[name] }]),
  ) as Record<ServiceName, ServiceSettings>
}

function parseThreshold(metric: ThresholdMetric, text: string): Threshold {
  const [, operator, limit] = LIMIT_PATTERN.exec(text)!
  return { metric, operator: operator as Threshold['operator'], limit: Number(limit) }
}
