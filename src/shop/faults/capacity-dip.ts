/** Less speed for the whole window: a throttled CPU, half of the machines gone, a fail-slow replica. */
import { type FaultKind, steady } from '../fault-kind.ts'

export const capacityDip: FaultKind<'factor'> = {
  name: 'capacity-dip',
  summary: 'works at a share of its speed',
  knownAs: 'Chaos Mesh StressChaos cpu; fail-slow',
  parameters: [{ name: 'factor', default: 0.5, min: 0, max: 1, summary: 'share of its speed that is left' }],
  changes: (window) => steady(window, { speed: window.parameters.factor }),
}
