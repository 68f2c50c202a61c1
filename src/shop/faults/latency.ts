/** Slower answers without slower work: a slow network, or something slow behind the instance. */
import { type FaultKind, steady } from '../fault-kind.ts'

export const latency: FaultKind<'latencyMs' | 'jitterMs' | 'factor' | 'rate'> = {
  name: 'latency',
  summary: 'answers come later: a fixed delay with jitter, or a multiple of their latency',
  knownAs:
    'Toxiproxy latency{latency, jitter}, toxicity; xk6-disruptor averageDelay, delayVariation; Envoy delay',
  parameters: [
    { name: 'latencyMs', default: 0, min: 0, max: 3_600_000, summary: 'added to the latency of an answer' },
    {
      name: 'jitterMs',
      default: 0,
      min: 0,
      max: 3_600_000,
      summary: 'varies latencyMs by so much up or down',
    },
    { name: 'factor', default: 1, min: 1, max: 1000, summary: 'multiplies the latency at the instance' },
    { name: 'rate', default: 1, min: 0, max: 1, summary: 'share of the requests' },
  ],
  changes: (window) => steady(window, { delay: window.parameters }),
}
