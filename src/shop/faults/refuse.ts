/**
 * A share of the requests is refused; health checks still pass. The balancer keeps its connections, so that a refusal
 * meets one that is there already and shows as its reset, in both worlds alike. Only an instance that is down has no
 * port to connect to.
 */
import { type FaultKind, steady } from '../fault-kind.ts'

export const refuse: FaultKind<'rate'> = {
  name: 'refuse',
  summary: 'a share of the requests finds its connection refused',
  knownAs: 'Toxiproxy down; Chaos Mesh NetworkChaos loss',
  parameters: [{ name: 'rate', default: 1, min: 0, max: 1, summary: 'share of the requests' }],
  taken: ({ rate }) => rate!,
  changes: (window) => {
    const of = { kind: 'fail', failure: 'reset', afterMs: 0 } as const
    return steady(window, { verdict: { share: window.parameters.rate, of } })
  },
}
