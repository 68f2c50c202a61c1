/** The fields of faults and of chaos, declared once. Parameters of the kinds stand among them: the list of faults knows them. */
import { z } from 'zod'
import { rangeOf, SERVICE_KEYS, text } from './fields.ts'

const positive = z.number().positive()
const service = z.enum(SERVICE_KEYS as [string, ...string[]])

const window = {
  phase: text.optional().describe('It lasts as long as this phase; instead of a start and a duration.'),
  startMinute: z
    .number()
    .min(0)
    .optional()
    .describe('Start in minutes from the start of the run; by default at once.'),
  durationMinutes: positive.optional().describe('Length in minutes; by default until the end of the run.'),
}

const kind = text.describe('Kind of fault.')

export const faultSchema = z.looseObject({
  kind,
  service: service.optional().describe('Service whose instances it befalls; by default those of all.'),
  instances: z
    .array(text)
    .min(1)
    .optional()
    .describe('Ids of the instances that it befalls, such as cart-service-2.'),
  share: positive
    .max(1)
    .default(1)
    .describe('It befalls this share of them, drawn anew for every seed; at least one.'),
  ...window,
})
export type FaultFile = z.infer<typeof faultSchema>
/** What is no parameter of the kind. */
export const FAULT_FIELDS = Object.keys(faultSchema.shape)

export const faultOfWaveSchema = z.looseObject({ kind })
export const WAVE_FAULT_FIELDS = Object.keys(faultOfWaveSchema.shape)

export const chaosWaveSchema = z.strictObject({
  ...window,
  everySeconds: positive.describe('Mean time between two faults, in seconds; the gaps are exponential.'),
  lastSeconds: rangeOf(positive).describe('How long one lasts, in seconds.'),
  services: z
    .array(service)
    .min(1)
    .optional()
    .describe('A fault befalls one of these services; by default any.'),
  share: positive.max(1).default(0.5).describe('It befalls this share of its instances, at least one.'),
  faults: z.array(faultOfWaveSchema).min(1).describe('It is one of these.'),
})
export type ChaosWaveFile = z.infer<typeof chaosWaveSchema>
