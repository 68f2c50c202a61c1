/**
 * Hedged requests around any policy (Dean and Barroso, The tail at scale, CACM 2013): a safe request (GET) without an
 * answer after a while is sent to another instance too, chosen by the same policy, and the first answer counts. The
 * paper waits for the 95th percentile of the latency, which costs 5 % more requests; `afterMs` is that, in ms.
 *
 * This only says so: the worlds carry it out.
 */
import type { Policy } from '../policy.ts'
import type { PolicyDeclaration } from '../policy-declaration.ts'
import { WrappedPolicy } from '../wrapping/wrapped-policy.ts'

export const hedging: PolicyDeclaration = {
  name: 'hedging',
  summary: 'sends a safe request to a second instance when the first is slow; the first answer counts',
  parameters: [
    {
      name: 'afterMs',
      default: 100,
      min: 1,
      max: 1e6,
      summary: 'how long the first instance has; take about the 95th percentile',
    },
  ],
  wraps: 1,
  create: (id, { afterMs }, [inner]) => new Hedging(id, inner!, afterMs!),
}

class Hedging extends WrappedPolicy {
  override readonly hedgeAfterMs: number

  constructor(id: string, inner: Policy, afterMs: number) {
    super(id, '1', inner)
    this.hedgeAfterMs = afterMs
  }
}
