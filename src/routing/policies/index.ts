/** The list of routing policies: one line each. Parser, help, validation and the contract suite read it. */
import { Registry } from '../../core/index.ts'
import { backpressure } from './backpressure.ts'
import { c3 } from './c3.ts'
import { circuitBreaker } from './circuit-breaker.ts'
import { consistentHash } from './consistent-hash.ts'
import { epsilonGreedy } from './epsilon-greedy.ts'
import { healthChecks } from './health-checks.ts'
import { hedging } from './hedging.ts'
import { joinIdleQueue } from './join-idle-queue.ts'
import { leastAddedDelay } from './least-added-delay.ts'
import { leastOutstanding } from './least-outstanding.ts'
import { leastResponseTime } from './least-response-time.ts'
import { leastWorkLeft } from './least-work-left.ts'
import { outlierEjection } from './outlier-ejection.ts'
import { peakEwma } from './peak-ewma.ts'
import { powerOfDChoices } from './power-of-d-choices.ts'
import { powerOfTwoChoices } from './power-of-two-choices.ts'
import { prequal } from './prequal.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'
import { shadow } from './shadow.ts'
import { shortestExpectedDelay } from './shortest-expected-delay.ts'
import { slowStart } from './slow-start.ts'
import { smoothWeightedRoundRobin } from './smooth-weighted-round-robin.ts'
import { strategies } from './strategies.ts'
import { weightedLeastRequest } from './weighted-least-request.ts'
import { weightedRandom } from './weighted-random.ts'

export const policies = new Registry('policy', [
  roundRobin,
  smoothWeightedRoundRobin,
  random,
  weightedRandom,
  leastOutstanding,
  weightedLeastRequest,
  powerOfTwoChoices,
  powerOfDChoices,
  joinIdleQueue,
  leastResponseTime,
  peakEwma,
  c3,
  prequal,
  consistentHash,
  strategies,
  // Oracles.
  shortestExpectedDelay,
  leastWorkLeft,
  leastAddedDelay,
  // Around other policies.
  epsilonGreedy,
  circuitBreaker,
  outlierEjection,
  healthChecks,
  slowStart,
  backpressure,
  hedging,
  shadow,
])
