/** The virtual world is the shop and nothing else: a request that names no service of it cannot be answered there. */
import { ConfigError } from '../../core/index.ts'
import { type Scenario, SERVICES } from '../scenario.ts'
import { loadTrace } from '../trace/load-trace.ts'
import type { TraceRequest } from '../trace/trace.ts'

/** Of a trace, so many requests are named. */
const NAMED = 3

type Asking = Pick<Scenario, 'name' | 'behaviors' | 'phases'>

/** @throws ConfigError with every request of a flow that names no service, and the first ones of a trace */
export function requireServices(scenario: Asking): void {
  const complaint = servicesMissing(scenario)
  if (complaint !== undefined) throw new ConfigError(`${scenario.name}: ${complaint}`)
}

/** The same in words; undefined where every request names a service. */
export function servicesMissing({ behaviors, phases }: Asking): string | undefined {
  const homeless = Object.values(behaviors).flatMap((behavior) => {
    if (behavior.kind !== 'flow') return []
    return behavior.requests
      .filter(({ service }) => service === '')
      .map((request) => `${behavior.name}/${request.name}`)
  })
  homeless.push(...phases.flatMap((phase) => homelessOf(phase)))
  if (homeless.length === 0) return undefined
  return (
    `requests without a service can only be made of a real target: ${homeless.join(', ')}: ` +
    'give each a service, or run live ("world: live", or --target URL)'
  )
}

/** A trace may also name services, but not of our shop. */
function homelessOf({ name, executor }: Scenario['phases'][number]): string[] {
  if (executor.kind !== 'trace-replay' || executor.trace.use === 'sessions') return []
  const { requests } = loadTrace(executor.trace)
  const homeless = requests.filter(({ service }) => !SERVICES.some((known) => known === service))
  const named = homeless.slice(0, NAMED).map(({ method, path }: TraceRequest) => `${name}/${method} ${path}`)
  return homeless.length > NAMED ? [...named, `${homeless.length - NAMED} more of ${name}`] : named
}
