/** The fields of a scenario that say nothing about traffic: shop, client, routing, reward, thresholds, evaluation. */
import { z } from 'zod'
import { REWARD_PARTS, type RewardPart } from '../core/index.ts'
import { clientSchema } from './client-schema.ts'
import { perService, text, weight } from './fields.ts'
import { DISCIPLINES } from './scenario.ts'
import { thresholdsSchema } from './threshold/threshold-schema.ts'

const positive = z.number().positive()

const DEFAULT_REWARD_WEIGHTS: Record<RewardPart, number> = {
  latency: 1,
  error: 5,
  throughput: 0.1,
  balance: 0.05,
  satisfaction: 0.5,
}
const REWARD_PART_TEXTS: Record<RewardPart, string> = {
  latency: 'Weight of how long the call took.',
  error: 'Weight of whether it failed.',
  throughput: 'Weight of the calls that the service completes.',
  balance: 'Weight of how evenly its replicas are loaded.',
  satisfaction: 'Weight of the Apdex score of the call.',
}

/** Policy and learner of a file that names none. */
export const DEFAULT_POLICY = 'epsilon-greedy(power-of-two-choices, epsilon=0.2)'
export const DEFAULT_ALGORITHM = 'policy-search'

const serviceSchema = z.strictObject({
  speeds: z.array(positive).min(1).exactOptional().describe('Speed of each replica; 1 is nominal.'),
  weights: z
    .array(z.number().min(0.001))
    .min(1)
    .exactOptional()
    .describe('Weight of each replica, for policies that go by weights; 1 each if nothing is said.'),
  workers: z.int().positive().exactOptional().describe('Jobs that one replica works on at the same time.'),
  queueLimit: z
    .int()
    .min(0)
    .exactOptional()
    .describe('Jobs that may wait at one replica; the next one is answered 503.'),
  discipline: z
    .enum(DISCIPLINES)
    .exactOptional()
    .describe('First come first served, or ps: all jobs of a replica share its workers evenly.'),
})

const shopSchema = z.strictObject({
  workScale: positive.default(1).describe('Multiplies the service time of every endpoint.'),
  hopMs: z
    .number()
    .min(0)
    .default(0.5)
    .describe('Network time of a call, there and back; virtual world only.'),
  pollSeconds: z
    .number()
    .min(0.01)
    .default(1)
    .describe('How often the balancer asks replicas for CPU, memory and queue depth.'),
  work: z
    .record(
      z.string(),
      z.strictObject({
        meanMs: positive.describe('Mean in milliseconds, at speed 1.'),
        sigma: z
          .number()
          .min(0)
          .max(3)
          .default(0.5)
          .describe('Standard deviation of its logarithm; 0 is a constant time.'),
      }),
    )
    .default({})
    .describe('Work of a request by route class, such as inventory.search, in place of the usual one.'),
  services: perService(serviceSchema).default({}).describe('Replicas of a service, by short or full name.'),
})

export const rewardSchema = z.strictObject({
  targetLatencyMs: positive.default(200).describe('The latency that counts as good, in milliseconds.'),
  weights: z
    .strictObject(
      Object.fromEntries(
        REWARD_PARTS.map((part) => [
          part,
          weight.default(DEFAULT_REWARD_WEIGHTS[part]).describe(REWARD_PART_TEXTS[part]),
        ]),
      ) as Record<RewardPart, z.ZodDefault<z.ZodNumber>>,
    )
    .prefault({})
    .describe('Weight of each part of the reward.'),
})

export const settingsFields = {
  client: clientSchema.prefault({}).describe("The users' HTTP client."),
  routing: z
    .strictObject({
      policy: text
        .default(DEFAULT_POLICY)
        .describe('Policy of the balancer; data to learn from needs one that explores.'),
      timeoutSeconds: z
        .number()
        .min(0.001)
        .default(60)
        .describe('After so long without an answer, in seconds, the balancer gives an instance up.'),
    })
    .prefault({})
    .describe('How the balancer chooses a replica.'),
  shop: shopSchema.prefault({}).describe('The simulated shop.'),
  reward: rewardSchema.prefault({}).describe('What a routing decision is rewarded for.'),
  thresholds: thresholdsSchema
    .default({})
    .describe('What must hold at the end of a run, metric by metric; otherwise the exit code is 99.'),
  training: z
    .strictObject({
      algorithm: text.default(DEFAULT_ALGORITHM).describe('Learner that is trained on the recorded run.'),
    })
    .prefault({})
    .describe('Training after the run.'),
  evaluation: z
    .strictObject({
      policies: z
        .array(text)
        .min(1)
        .default([
          'round-robin',
          'least-outstanding',
          'power-of-two-choices',
          'peak-ewma',
          'least-response-time',
          'c3',
          'circuit-breaker(least-outstanding)',
        ])
        .describe('Policies that the learned one is replayed against.'),
      seeds: z.int().positive().default(5).describe('Held-out seeds per policy.'),
    })
    .prefault({})
    .describe('The paired replay after training.'),
}

export const settingsSchema = z.strictObject(settingsFields)
export type SettingsFile = z.infer<typeof settingsSchema>
