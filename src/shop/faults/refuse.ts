/** A share of the connections is refused; health checks still pass. */
import { type FaultKind, steady } from '../fault-kind.ts'

export const refuse: FaultKind<'rate'> = {
  name: 'refuse',
  summary: 'a share of the requests finds its connection refused',
  knownAs: 'Toxiproxy down; Chaos Mesh NetworkChaos loss',
  parameters: [{ name: 'rate', default: 1, min: 0, max: 1, summary: 'share of the requests' }],
  taken: ({ rate }) => rate!,
  changes: (window) => {
    const of = { kind: 'fail', failure: 'connect', afterMs: 0 } as const
    return steady(window, { verdict: { share: window.parameters.rate, of } })
  },
}
