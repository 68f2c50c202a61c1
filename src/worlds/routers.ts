/** The routers of a run: one per service, each with its own policy and its own random stream. */
import type { RandomStreams } from '../core/index.ts'
import { type PolicyFactory, ServiceRouter } from '../routing/index.ts'
import { instanceIds, type Scenario, SERVICES } from '../scenario/index.ts'

/** In the order of SERVICES. */
export function createRouters(
  scenario: Scenario,
  policies: PolicyFactory,
  streams: RandomStreams,
): ServiceRouter[] {
  return SERVICES.map((service) => {
    const instances = instanceIds(scenario, service)
    return new ServiceRouter({
      service,
      instances,
      weights: scenario.shop.services[service].weights ?? instances.map(() => 1),
      policy: policies(service),
      random: streams.stream(`policy/${service}`),
    })
  })
}
