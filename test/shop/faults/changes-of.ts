/** The changes that a kind of fault makes of a window, with its defaults where nothing else is said. */
import { RandomStreams } from '../../../src/core/index.ts'
import { type EffectChange, faultKinds } from '../../../src/shop/index.ts'
import { parametersOf } from '../hostile-scenario.ts'

export interface WindowSettings {
  readonly startMs?: number
  readonly endMs?: number
  readonly seed?: number
  readonly parameters?: Readonly<Record<string, number>>
}

export function changesOf(kind: string, settings: WindowSettings = {}): EffectChange[] {
  const { startMs = 1000, endMs = 61_000, seed = 1, parameters } = settings
  const random = new RandomStreams(seed).stream('fault')
  return [
    ...faultKinds.get(kind).changes({ startMs, endMs, parameters: parametersOf(kind, parameters), random }),
  ]
}

/** How long an effect lasts each time that it comes. */
export function lengthsOf(changes: readonly EffectChange[]): number[] {
  return pairsOf(changes).map(([from, to]) => to.atMs - from.atMs)
}

/** How long it is quiet before the effect comes, each time; the first from `startMs` on. */
export function gapsOf(changes: readonly EffectChange[], startMs: number): number[] {
  let quietSinceMs = startMs
  return pairsOf(changes).map(([from, to]) => {
    const gapMs = from.atMs - quietSinceMs
    quietSinceMs = to.atMs
    return gapMs
  })
}

function pairsOf(changes: readonly EffectChange[]): [EffectChange, EffectChange][] {
  return changes.flatMap((change, i) => (i % 2 === 0 ? [[change, changes[i + 1]!]] : []))
}

export function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length
}
