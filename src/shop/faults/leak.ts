/** A slow leak: memory fills up over the window and the instance slows down with it; at the end all of it is given back. */
import { developing, type FaultKind } from '../fault-kind.ts'

const STEPS = 50

export const leak: FaultKind<'memory' | 'slowest'> = {
  name: 'leak',
  summary: 'memory fills up and speed goes down, slowly; at the end of the window memory is given back',
  knownAs: 'Chaos Mesh StressChaos memory',
  parameters: [
    { name: 'memory', default: 0.6, min: 0, max: 1, summary: 'share of the memory that is gone at the end' },
    { name: 'slowest', default: 0.4, min: 0.01, max: 1, summary: 'share of its speed at the end' },
  ],
  changes: (window) => {
    const { memory, slowest } = window.parameters
    const lengthMs = window.endMs - window.startMs
    return developing(window, lengthMs / STEPS, (sinceStartMs) => {
      const grown = sinceStartMs / lengthMs
      return { speed: 1 - (1 - slowest) * grown, leakedMemory: memory * grown }
    })
  },
}
