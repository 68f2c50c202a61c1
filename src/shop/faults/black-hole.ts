/** A share of the requests vanishes: no answer and no closed connection; only a timeout ends the wait. */
import { type FaultKind, steady } from '../fault-kind.ts'

export const blackHole: FaultKind<'rate'> = {
  name: 'black-hole',
  summary: 'a share of the requests is never answered',
  knownAs: 'Toxiproxy timeout{timeout: 0}, toxicity; Chaos Mesh NetworkChaos partition',
  parameters: [{ name: 'rate', default: 1, min: 0, max: 1, summary: 'share of the requests' }],
  taken: ({ rate }) => rate!,
  changes: (window) =>
    steady(window, { verdict: { share: window.parameters.rate, of: { kind: 'silence' } } }),
}
