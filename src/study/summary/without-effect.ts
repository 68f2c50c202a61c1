/** Warnings of what a scenario asks for and a run cannot do. */
import type { Scenario } from '../../scenario/index.ts'

/** One line each. @param target URL of a balancer that is not ours, if it is one */
export function withoutEffect({ faults, chaos, capture }: Scenario, target: string | undefined): string[] {
  const warnings: string[] = []
  if (target === undefined && capture !== undefined) {
    warnings.push(
      'capture had nothing to do: our own balancer records its decisions itself; capture is for --target',
    )
  }
  // The instances behind a balancer that is not ours are not ours to break.
  if (target !== undefined && faults.length + chaos.length > 0) {
    warnings.push(
      'the faults of the scenario did not act: they befall the instances of our own shop only; ' +
        'leave --target away, or raise the shop with this scenario by "loadgen target"',
    )
  }
  return warnings
}
