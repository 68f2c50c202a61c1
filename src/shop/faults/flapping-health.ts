/** The health check cannot make up its mind, while requests are served as ever. */
import { type FaultKind, intermittent } from '../fault-kind.ts'

export const flappingHealth: FaultKind<'everySeconds'> = {
  name: 'flapping-health',
  summary: 'reports itself unhealthy and healthy in turns',
  knownAs: 'a readiness probe that flaps',
  parameters: [
    { name: 'everySeconds', default: 5, min: 0.01, max: 3600, summary: 'time until it changes its mind' },
  ],
  changes: (window) => {
    const everyMs = (): number => window.parameters.everySeconds * 1000
    return intermittent(window, everyMs, everyMs, { healthy: false })
  },
}
