/** From the settings of a file, in the units of files, to those of a resolved scenario. */
import { type ClientSurroundings, resolveClient } from './client-schema.ts'
import { byFullServiceName } from './fields.ts'
import { type Scenario, SERVICES, type ServiceName, type ServiceSettings } from './scenario.ts'
import type { SettingsFile } from './settings-schema.ts'
import { DEFAULT_SERVICES } from './shop-defaults.ts'
import { resolveThresholds } from './threshold/threshold-schema.ts'
import { secondsToMs } from './units.ts'

export type Settings = Pick<
  Scenario,
  'client' | 'routing' | 'shop' | 'reward' | 'thresholds' | 'training' | 'evaluation'
>

export function resolveSettings(file: SettingsFile, surroundings: ClientSurroundings): Settings {
  return {
    client: resolveClient(file.client, surroundings),
    routing: { policy: file.routing.policy, timeoutMs: secondsToMs(file.routing.timeoutSeconds) },
    shop: resolveShop(file.shop),
    reward: file.reward,
    thresholds: resolveThresholds(file.thresholds),
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
