/** The list of all kinds of fault: validation, help, docs and the contract suite read it. */
import { Registry } from '../../core/index.ts'
import type { FaultKind } from '../fault-kind.ts'
import { blackHole } from './black-hole.ts'
import { cacheLoss } from './cache-loss.ts'
import { capacityDip } from './capacity-dip.ts'
import { crash } from './crash.ts'
import { errors } from './errors.ts'
import { failFast } from './fail-fast.ts'
import { flappingHealth } from './flapping-health.ts'
import { gcPauses } from './gc-pauses.ts'
import { latency } from './latency.ts'
import { leak } from './leak.ts'
import { noisyNeighbour } from './noisy-neighbour.ts'
import { queueShrink } from './queue-shrink.ts'
import { refuse } from './refuse.ts'
import { reset } from './reset.ts'
import { timeouts } from './timeouts.ts'

export const faultKinds = new Registry<FaultKind>('fault', [
  latency,
  errors,
  timeouts,
  blackHole,
  refuse,
  reset,
  crash,
  leak,
  gcPauses,
  noisyNeighbour,
  capacityDip,
  failFast,
  flappingHealth,
  queueShrink,
  cacheLoss,
])
