/**
 * An instance that dies and comes back cold. What it was working on is lost, nobody can connect while it is away,
 * and after its restart it is slow at first: caches are empty and nothing is compiled yet. The linear warm-up mirrors
 * the slow start with which Envoy and HAProxy answer it.
 */
import type { EffectChange, FaultKind } from '../fault-kind.ts'

const WARM_UP_STEPS = 10

export const crash: FaultKind<'warmUpSeconds' | 'warmUpSpeed'> = {
  name: 'crash',
  summary: 'gone for the window, then back with a warm-up',
  knownAs: 'xk6-disruptor pod termination; Chaos Mesh PodChaos pod-kill, pod-failure',
  parameters: [
    { name: 'warmUpSeconds', default: 30, min: 0, max: 3600, summary: 'until it has its speed again' },
    { name: 'warmUpSpeed', default: 0.3, min: 0.01, max: 1, summary: 'share of its speed right after' },
  ],
  taken: () => 1,
  effectEndMs: ({ endMs, parameters }) => endMs + parameters.warmUpSeconds * 1000,
  *changes({ startMs, endMs, parameters }): Iterable<EffectChange> {
    const { warmUpSeconds, warmUpSpeed } = parameters
    yield { atMs: startMs, effect: { down: true } }
    const stepMs = (warmUpSeconds * 1000) / WARM_UP_STEPS
    for (let step = 0; step < WARM_UP_STEPS && stepMs > 0; step++) {
      const speed = warmUpSpeed + ((1 - warmUpSpeed) * step) / WARM_UP_STEPS
      yield { atMs: endMs + step * stepMs, effect: { speed } }
    }
    yield { atMs: endMs + WARM_UP_STEPS * stepMs, effect: undefined }
  },
}
