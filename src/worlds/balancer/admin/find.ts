/** Services and instances by the names in a request. */
import { didYouMean } from '../../../core/index.ts'
import type { BalancerControl, ServiceControl } from '../control.ts'
import { presentInstances } from './describe.ts'
import { Refusal } from './route.ts'

/** @throws Refusal that names the nearest service */
export function findService({ services }: BalancerControl, name: string): ServiceControl {
  const service = services.find((candidate) => candidate.name === name)
  if (service !== undefined) return service
  const names = services.map((candidate) => candidate.name)
  throw new Refusal(404, `no service "${name}"${didYouMean(name, names)}: there is ${names.join(', ')}`)
}

/**
 * The index of the instance that has this id and is not gone.
 *
 * @throws Refusal that names the nearest instance
 */
export function findInstance(service: ServiceControl, id: string): number {
  return findPresent(service, id, (index) => service.router.instances[index]!.id, 'instance')
}

/** @throws Refusal that names the nearest URL */
export function findInstanceByUrl(service: ServiceControl, url: string): number {
  const wanted = withoutSlash(url)
  return findPresent(service, wanted, (index) => withoutSlash(service.url(index)!), 'instance at')
}

function findPresent(
  service: ServiceControl,
  wanted: string,
  nameOf: (index: number) => string,
  what: string,
): number {
  const present = presentInstances(service)
  // One that was added again under its old name stands behind the one that is still draining.
  const index = present.findLast((candidate) => nameOf(candidate) === wanted)
  if (index !== undefined) return index
  const names = present.map(nameOf)
  throw new Refusal(
    404,
    `${service.name}: no ${what} "${wanted}"${didYouMean(wanted, names)}: there is ${names.join(', ') || 'none'}`,
  )
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}
