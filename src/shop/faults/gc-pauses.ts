/** Stop-the-world pauses: every now and then nothing happens for a moment, and health checks notice nothing. */
import { exponential } from '../../core/index.ts'
import { type FaultKind, intermittent } from '../fault-kind.ts'

export const gcPauses: FaultKind<'everySeconds' | 'pauseMs'> = {
  name: 'gc-pauses',
  summary: 'stands still for a moment, at random times',
  knownAs: 'Chaos Mesh StressChaos; the pauses of a garbage collector',
  parameters: [
    {
      name: 'everySeconds',
      default: 10,
      min: 0.01,
      max: 3600,
      summary: 'mean time between pauses (exponential)',
    },
    { name: 'pauseMs', default: 200, min: 1, max: 600_000, summary: 'length of a pause' },
  ],
  changes: (window) => {
    const { everySeconds, pauseMs } = window.parameters
    const gapMs = (): number => exponential(window.random, everySeconds * 1000)
    return intermittent(window, gapMs, () => pauseMs, { speed: 0 })
  },
}
