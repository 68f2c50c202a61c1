/** The field `thresholds`, declared once, and how it is resolved. */
import { z } from 'zod'
import { secondsToMs } from '../units.ts'
import type { Threshold } from './threshold.ts'

const LIMIT = 'limit such as "< 500" or ">= 0.99"'
export const LIMIT_PATTERN = /^\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*$/
const limit = z.string().regex(LIMIT_PATTERN).meta({ title: LIMIT })

const detailed = z.strictObject({
  limit: limit.describe('What must hold, such as "< 500".'),
  abortOnFail: z.boolean().default(false).describe('Whether the run is stopped as soon as it does not hold.'),
  abortAfterSeconds: z
    .number()
    .min(0)
    .default(0)
    .describe('From which second of the run on it may be stopped for that.'),
})

const one = z.union([limit, detailed]).meta({ title: LIMIT })
export const thresholdsSchema = z.record(
  z.string(),
  z.union([limit, detailed, z.array(one).min(1)]).meta({ title: LIMIT }),
)
export type ThresholdsFile = z.infer<typeof thresholdsSchema>

export function resolveThresholds(file: ThresholdsFile): Threshold[] {
  return Object.entries(file).flatMap(([metric, said]) =>
    (Array.isArray(said) ? said : [said]).map((each) => resolveThreshold(metric, each)),
  )
}

function resolveThreshold(metric: string, said: z.infer<typeof one>): Threshold {
  if (typeof said === 'string') return { metric, ...parseLimit(said) }
  const { limit, abortOnFail, abortAfterSeconds } = said
  return {
    metric,
    ...parseLimit(limit),
    ...(abortOnFail ? { abortAfterMs: secondsToMs(abortAfterSeconds) } : {}),
  }
}

/** The text must be one that the pattern takes. */
export function parseLimit(text: string): Pick<Threshold, 'operator' | 'limit'> {
  const [, operator, value] = LIMIT_PATTERN.exec(text)!
  return { operator: operator as Threshold['operator'], limit: Number(value) }
}
