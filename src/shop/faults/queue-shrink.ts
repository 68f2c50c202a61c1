/** Fewer requests may wait: what finds the waiting room full is answered 503. */
import { type FaultKind, steady } from '../fault-kind.ts'

export const queueShrink: FaultKind<'queueLimit'> = {
  name: 'queue-shrink',
  summary: 'fewer requests may wait, the others are answered 503',
  knownAs: 'Envoy max_pending_requests; Tomcat acceptCount',
  parameters: [
    {
      name: 'queueLimit',
      default: 4,
      min: 0,
      max: 1_000_000,
      whole: true,
      summary: 'requests that may wait',
    },
  ],
  changes: (window) => steady(window, { queueLimit: window.parameters.queueLimit }),
}
