/** A fault in few words: what it is, and where. Plans and reports show it so. */
import { type Fault, instanceIds, type Scenario, SERVICES } from '../scenario/index.ts'
import { faultKinds } from '../shop/index.ts'

/** More names than this make nobody wiser. */
const MOST_NAMES = 4

/** The kind, and the parameters that differ from their defaults: `latency factor=4`. */
export function faultText({ kind, parameters }: Pick<Fault, 'kind' | 'parameters'>): string {
  const changed = faultKinds
    .get(kind)
    .parameters.filter(({ name, default: assumed }) => parameters[name] !== assumed)
  return [kind, ...changed.map(({ name }) => `${name}=${parameters[name]}`)].join(' ')
}

/** `cart-service (all 3)`, `cart-service-2`, `50% of all services (16 instances)`. */
export function placeText(
  { instances, share }: Pick<Fault, 'instances' | 'share'>,
  scenario: Scenario,
): string {
  return share < 1 ? `${percentText(share)} of ${namesOf(instances, scenario)}` : namesOf(instances, scenario)
}

/** `12.5%`: as many digits as the file has, within reason. */
export function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`
}

function namesOf(instances: readonly string[], scenario: Scenario): string {
  const named = new Set(instances)
  const services = SERVICES.map((service) => ({ service, ids: instanceIds(scenario, service) }))
  if (services.every(({ ids }) => ids.every((id) => named.has(id)))) {
    return `all services (${services.flatMap(({ ids }) => ids).length} instances)`
  }
  const names = services.flatMap(({ service, ids }) => {
    const there = ids.filter((id) => named.has(id))
    return there.length === ids.length && ids.length > 1 ? [`${service} (all ${ids.length})`] : there
  })
  if (names.length <= MOST_NAMES) return names.join(', ')
  return `${names.slice(0, MOST_NAMES - 1).join(', ')} and ${names.length - MOST_NAMES + 1} more`
}
