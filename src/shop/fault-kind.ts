/** What a kind of fault is: its name and parameters, and what it makes of an instance while its window lasts. */
import type { FailureKind, Listed, Random } from '../core/index.ts'
import type { FaultDeclaration } from '../scenario/index.ts'

/** What becomes of a request instead of being worked on. */
export type Verdict =
  | { readonly kind: 'answer'; readonly status: number; readonly afterMs: number }
  | { readonly kind: 'fail'; readonly failure: FailureKind; readonly afterMs: number }
  /** No answer, ever: only somebody's timeout ends it. */
  | { readonly kind: 'silence' }

/** Added to the latency of answers, without any work being done. */
export interface Delay {
  readonly latencyMs: number
  /** The delay is uniform within latencyMs +- jitterMs. */
  readonly jitterMs: number
  /** Multiplies the time that the request has spent at the instance. */
  readonly factor: number
  /** Share of the requests that are delayed. */
  readonly rate: number
}

/** What one fault does to an instance at one time. Whatever is left out is as usual. */
export interface Effect {
  /** Share of the instance's speed; 0 is a standstill. */
  readonly speed?: number
  readonly delay?: Delay
  /** So many of the requests get this verdict. */
  readonly verdict?: { readonly share: number; readonly of: Verdict }
  /** False: the instance says of itself that it is not well. */
  readonly healthy?: boolean
  /** Nobody reaches it, not even a health check; requests under way are lost when it begins. */
  readonly down?: boolean
  readonly queueLimit?: number
  /** Share of the memory that is gone. */
  readonly leakedMemory?: number
}

/** From this time on the fault has this effect; undefined ends it. */
export interface EffectChange {
  readonly atMs: number
  readonly effect: Effect | undefined
}

/** When and with which parameters a fault is to act on an instance. */
export interface FaultWindow<Parameter extends string = string> {
  readonly startMs: number
  readonly endMs: number
  /** Every parameter of the kind, by name. */
  readonly parameters: Readonly<Record<Parameter, number>>
  /** Of this fault on this instance alone. */
  readonly random: Random
}

export interface FaultKind<Parameter extends string = string> extends FaultDeclaration, Listed {
  /** What Toxiproxy, xk6-disruptor, Envoy and Chaos Mesh call it. */
  readonly knownAs: string
  /** When nothing is left of its effect, if that is not the end of the window. */
  effectEndMs?(window: Omit<FaultWindow<Parameter>, 'random'>): number
  /**
   * What it makes of one instance: changes in the order of time, none before the window; the last one ends it, at
   * `effectEndMs` at the latest.
   */
  changes(window: FaultWindow<Parameter>): Iterable<EffectChange>
}

/** One effect for the whole window. */
export function steady({ startMs, endMs }: FaultWindow, effect: Effect): EffectChange[] {
  return [
    { atMs: startMs, effect },
    { atMs: endMs, effect: undefined },
  ]
}

/** An effect that develops: `at` is asked at equal steps with the time since the start of the window. */
export function* developing(
  { startMs, endMs }: FaultWindow,
  stepMs: number,
  at: (sinceStartMs: number) => Effect,
): Iterable<EffectChange> {
  for (let atMs = startMs; atMs < endMs; atMs += stepMs) yield { atMs, effect: at(atMs - startMs) }
  yield { atMs: endMs, effect: undefined }
}

/** An effect that comes and goes: after `gapMs()` without it, it lasts for `lengthMs()`, again and again. */
export function* intermittent(
  { startMs, endMs }: FaultWindow,
  gapMs: () => number,
  lengthMs: () => number,
  effect: Effect,
): Iterable<EffectChange> {
  let atMs = startMs + gapMs()
  while (atMs < endMs) {
    yield { atMs, effect }
    atMs += lengthMs()
    yield { atMs: Math.min(atMs, endMs), effect: undefined }
    atMs += gapMs()
  }
}
