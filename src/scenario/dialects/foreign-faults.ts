/** From the troubles of a foreign file to the faults of a scenario. */
import { parametersOf } from '../resolve-faults.ts'
import { type Fault, instanceIds, type Scenario, SERVICES } from '../scenario.ts'
import type { FaultDeclaration } from '../vocabulary.ts'
import type { NetworkErrors } from './network-errors.ts'
import { mergeTroubles, type TimedTrouble } from './timed-trouble.ts'
import type { Trouble } from './trouble.ts'

/** A request that runs into a timeout hangs for so many times what the client waits: it is the client that ends it. */
const HANGS = 2
const LONGEST_SECONDS = 3600
const BAD_REQUEST = 400

export interface ForeignTroubles {
  readonly troubles: readonly TimedTrouble[]
  readonly network: NetworkErrors | undefined
}

/**
 * Those of services come first: where a service takes all requests, nothing is left for the network to take.
 *
 * @param kinds as listed in the shop
 */
export function foreignFaults(
  { troubles, network }: ForeignTroubles,
  { shop, client }: Pick<Scenario, 'shop' | 'client'>,
  kinds: readonly FaultDeclaration[],
  runMs: number,
): Fault[] {
  const afterSeconds = Math.min(LONGEST_SECONDS, (HANGS * client.timeoutMs) / 1000)
  const ofServices = mergeTroubles(troubles).map((trouble): Fault => {
    const { service, startMs, endMs } = trouble
    return {
      kind: trouble.kind,
      instances: instanceIds({ shop }, service),
      share: 1,
      startMs,
      durationMs: endMs - startMs,
      parameters: parametersOf({ kind: trouble.kind, ...settingsOf(trouble, afterSeconds) }, kinds),
    }
  })
  if (network === undefined) return ofServices
  const ofNetwork = [
    { kind: 'timeouts', rate: network.timeouts, afterSeconds },
    { kind: 'refuse', rate: network.refused },
    { kind: 'errors', rate: network.malformed, status: BAD_REQUEST },
  ]
  const everywhere = {
    instances: SERVICES.flatMap((service) => instanceIds({ shop }, service)),
    share: 1,
    startMs: 0,
    durationMs: runMs,
  }
  const present = ofNetwork.filter(({ rate }) => rate > 0)
  return [
    ...ofServices,
    ...present.map((fault) => ({ kind: fault.kind, ...everywhere, parameters: parametersOf(fault, kinds) })),
  ]
}

function settingsOf({ kind, amount }: Trouble, afterSeconds: number): Record<string, number> {
  switch (kind) {
    case 'latency':
      return { factor: amount }
    case 'errors':
      return { rate: amount }
    case 'timeouts':
      return { rate: amount, afterSeconds }
  }
}
