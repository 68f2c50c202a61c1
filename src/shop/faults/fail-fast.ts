/**
 * An instance that answers everything at once, and with an error. The classic trap of balancers that look at latency
 * or at requests in flight only: the broken instance looks like the best one, and gets most of the traffic.
 */
import { type FaultKind, steady } from '../fault-kind.ts'

export const failFast: FaultKind<'status' | 'answerMs'> = {
  name: 'fail-fast',
  summary: 'every request is answered with an error at once: a black hole that looks fast',
  knownAs: 'xk6-disruptor errorRate 1; Envoy abort 100 %',
  parameters: [
    { name: 'status', default: 503, min: 400, max: 599, whole: true, summary: 'status of the answer' },
    { name: 'answerMs', default: 1, min: 0, max: 3_600_000, summary: 'time until the answer' },
  ],
  taken: () => 1,
  changes: (window) => {
    const { status, answerMs } = window.parameters
    return steady(window, { verdict: { share: 1, of: { kind: 'answer', status, afterMs: answerMs } } })
  },
}
