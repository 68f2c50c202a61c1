/** A cache that is lost at the start of the window: every request is a miss at first, and fewer are as it fills again. */
import { developing, type FaultKind } from '../fault-kind.ts'

const STEPS_PER_REFILL = 10
/** After so many time constants nothing is left of the loss. */
const REFILLS = 8

export const cacheLoss: FaultKind<'missFactor' | 'refillSeconds'> = {
  name: 'cache-loss',
  summary: 'an empty cache makes requests dearer, until it has filled again',
  knownAs: 'a flushed Redis or page cache',
  parameters: [
    {
      name: 'missFactor',
      default: 5,
      min: 1,
      max: 100,
      summary: 'work of a miss, in units of that of a hit',
    },
    {
      name: 'refillSeconds',
      default: 60,
      min: 0.1,
      max: 3600,
      summary: 'time constant of filling (exponential)',
    },
  ],
  effectEndMs: ({ startMs, endMs, parameters }) =>
    Math.min(endMs, startMs + REFILLS * parameters.refillSeconds * 1000),
  changes: (window) => {
    const { missFactor, refillSeconds } = window.parameters
    const refillMs = refillSeconds * 1000
    const endMs = Math.min(window.endMs, window.startMs + REFILLS * refillMs)
    return developing({ ...window, endMs }, refillMs / STEPS_PER_REFILL, (sinceStartMs) => {
      const misses = Math.exp(-sinceStartMs / refillMs)
      return { speed: 1 / (1 + (missFactor - 1) * misses) }
    })
  },
}
