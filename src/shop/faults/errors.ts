/** A share of the requests is answered with an error, at once and without any work. */
import { type FaultKind, steady } from '../fault-kind.ts'

export const errors: FaultKind<'rate' | 'status' | 'answerMs'> = {
  name: 'errors',
  summary: 'a share of the requests is answered with an error status',
  knownAs:
    'xk6-disruptor errorRate, errorCode; Envoy abort{http_status, percentage}; Chaos Mesh HTTPChaos abort',
  parameters: [
    { name: 'rate', min: 0, max: 1, summary: 'share of the requests' },
    { name: 'status', default: 500, min: 400, max: 599, whole: true, summary: 'status of the answer' },
    { name: 'answerMs', default: 1, min: 0, max: 3_600_000, summary: 'time until the answer' },
  ],
  taken: ({ rate }) => rate!,
  changes: (window) => {
    const { rate, status, answerMs } = window.parameters
    return steady(window, { verdict: { share: rate, of: { kind: 'answer', status, afterMs: answerMs } } })
  },
}
