/** A share of the requests is accepted, left alone, and after a while the connection is closed without an answer. */
import { type FaultKind, steady } from '../fault-kind.ts'

export const timeouts: FaultKind<'rate' | 'afterSeconds'> = {
  name: 'timeouts',
  summary: 'a share of the requests hangs until the connection is closed without an answer',
  knownAs: 'Toxiproxy timeout{timeout}, toxicity',
  parameters: [
    { name: 'rate', min: 0, max: 1, summary: 'share of the requests' },
    {
      name: 'afterSeconds',
      default: 30,
      min: 0.001,
      max: 3600,
      summary: 'time until the connection is closed',
    },
  ],
  taken: ({ rate }) => rate!,
  changes: (window) => {
    const { rate, afterSeconds } = window.parameters
    const of = { kind: 'fail', failure: 'reset', afterMs: afterSeconds * 1000 } as const
    return steady(window, { verdict: { share: rate, of } })
  },
}
