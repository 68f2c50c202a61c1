/** A share of the connections breaks before the answer. */
import { type FaultKind, steady } from '../fault-kind.ts'

export const reset: FaultKind<'rate' | 'afterMs'> = {
  name: 'reset',
  summary: 'a share of the requests finds its connection reset',
  knownAs: 'Toxiproxy reset_peer{timeout}, toxicity',
  parameters: [
    { name: 'rate', default: 1, min: 0, max: 1, summary: 'share of the requests' },
    { name: 'afterMs', default: 0, min: 0, max: 3_600_000, summary: 'time until the connection breaks' },
  ],
  taken: ({ rate }) => rate!,
  changes: (window) => {
    const { rate, afterMs } = window.parameters
    return steady(window, { verdict: { share: rate, of: { kind: 'fail', failure: 'reset', afterMs } } })
  },
}
