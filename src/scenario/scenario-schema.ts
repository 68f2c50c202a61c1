/** The fields of a scenario file, declared once: validation, messages and documentation read them here. */
import { z } from 'zod'
import { captureSchema } from './capture-schema.ts'
import { someExecutorSchema } from './executor-schema.ts'
import { chaosWaveSchema, faultSchema } from './fault-schema.ts'
import { actionMix, perService, share, text, weight } from './fields.ts'
import { tagsSchema } from './flow/flow-schema.ts'
import { INTENSITY_WORDS } from './intensity.ts'
import { invalidInputsSchema } from './invalid-inputs.ts'
import { settingsFields } from './settings-schema.ts'
import { studySchema } from './study-schema.ts'

/** Half an hour of simulation or so: more than any sensible scenario needs. */
export const DEFAULT_MAX_EVENTS = 2_000_000_000

export const phaseSchema = z.strictObject({
  name: text.describe('Name in records and reports; no two phases share one.'),
  startMinute: z
    .number()
    .min(0)
    .optional()
    .describe('Start in minutes from the start of the run; by default the end of the previous phase.'),
  durationMinutes: z
    .number()
    .positive()
    .optional()
    .describe(
      'Length in minutes. An executor with stages lasts as long as they do, one with iterations 10 minutes at most.',
    ),
  users: z.int().positive().optional().describe('Closed loop: so many users for the whole phase.'),
  sessionsPerSecond: z
    .number()
    .positive()
    .optional()
    .describe('Open loop: so many sessions start per second, whatever the shop answers.'),
  rampUpSeconds: z
    .number()
    .min(0)
    .default(0)
    .describe('Time in seconds in which the users (or the rate) grow from 0.'),
  executor: someExecutorSchema
    .optional()
    .describe(
      'How sessions start, instead of users or sessionsPerSecond; `loadgen list executors` shows the kinds.',
    ),
  gracefulStopSeconds: z
    .number()
    .min(0)
    .optional()
    .describe(
      'So long may sessions go on after the end of the phase before they are cut: 30 with an executor; without one, users go on with the next phase.',
    ),
  intensity: z
    .union([z.enum(INTENSITY_WORDS), z.number().positive()])
    .default('medium')
    .describe('How fast users act: think times are divided by it, page budgets multiplied. Medium is 1.'),
  behaviors: z
    .record(z.string(), share)
    .optional()
    .describe(
      'Share of sessions of each behaviour; they sum to 1. Without any, a trace is replayed request by request.',
    ),
  actions: actionMix.optional().describe("The phase's own mix, from which half of the actions are drawn."),
  backgroundLoad: perService(z.number().min(0).max(0.95))
    .default({})
    .describe("Share of each replica's speed that other clients of the service take."),
  variability: z
    .strictObject({
      users: share
        .default(0)
        .describe('The number of users is drawn anew every minute, within so much of it.'),
      thinkTime: share.default(0).describe('Think times come from a range wider by so much at both ends.'),
      actions: share.default(0).describe('So many of the actions are any action at all.'),
    })
    .prefault({})
    .describe('How much the phase departs from its own plan, at random.'),
  tags: tagsSchema.describe('Tags of all its requests, for reports and thresholds.'),
})
export type PhaseFile = z.infer<typeof phaseSchema>

const productSchema = z.strictObject({
  sku: text.describe('Identifier in URLs and carts.'),
  name: text.describe('Name as shown to customers.'),
  category: text.describe('Category that users browse.'),
  price: z.number().positive().describe('Price of one piece.'),
  image: z.string().default('').describe('URL of a picture.'),
  popularity: weight.default(1).describe('Weight with which users pick it.'),
})

const addressSchema = z.strictObject({
  street: text.describe('Street and number.'),
  city: text.describe('City.'),
  state: text.describe('State or region.'),
  zipCode: text.describe('Postal code, in quotes so that it stays text.'),
  country: text.describe('Country code.'),
  phone: text.exactOptional().describe('Telephone number.'),
})

export const scenarioSchema = z.strictObject({
  name: text.describe('Name of the scenario, in run directories and reports.'),
  description: text.describe('What it is for, in one line.'),
  world: z
    .enum(['virtual', 'live'])
    .default('virtual')
    .describe('Discrete events in virtual time, or real sockets in real time.'),
  seed: z.int().min(0).default(1).describe('Seed of every random stream.'),
  timeScale: z
    .number()
    .positive()
    .default(1)
    .describe('How many times faster than real users ours live: divides session lengths and think times.'),
  accounts: z
    .int()
    .positive()
    .optional()
    .describe(
      'Distinct customer accounts; none has two sessions at once. Where all behaviours are flows it may be left away.',
    ),
  maxConcurrentUsers: z
    .int()
    .positive()
    .optional()
    .describe(
      'No more users than this at any time; by default the peak of the phases, or all accounts if a phase is an open loop.',
    ),
  maxEvents: z
    .int()
    .positive()
    .default(DEFAULT_MAX_EVENTS)
    .describe('A virtual run that needs more events than this is stopped, with what it has recorded.'),
  phases: z
    .array(phaseSchema)
    .min(1)
    .describe('The stretches of the day; where they overlap, their users add up.'),
  faults: z
    .array(faultSchema)
    .default([])
    .describe(
      'What goes wrong, when, and where; `loadgen list faults` shows the kinds and their parameters.',
    ),
  chaos: z.array(chaosWaveSchema).default([]).describe('Faults that come at random.'),
  behaviors: z
    // Shoppers and flows have fields of their own, which are checked one by one (behavior-library.ts).
    .record(z.string(), z.looseObject({}))
    .default({})
    .describe('Behaviours of this scenario alone; any other name is looked up as behaviors/<name>.yaml.'),
  products: z
    .array(productSchema)
    .min(1)
    .refine((products) => products.some(({ popularity }) => popularity > 0), 'list with a popularity above 0')
    .optional()
    .describe('What the shop sells; by default a built-in catalogue.'),
  addresses: z
    .array(addressSchema)
    .min(1)
    .optional()
    .describe('Where orders are shipped to; by default a few built-in ones.'),
  invalidInputs: invalidInputsSchema.describe(
    'What users send when they make mistakes; by default built-in lists.',
  ),
  capture: captureSchema
    .exactOptional()
    .describe('How the decisions of a balancer that is not ours are seen (`loadgen run --target`).'),
  study: studySchema
    .exactOptional()
    .describe('The whole chain from data to proof (`loadgen study`); nothing else reads it.'),
  ...settingsFields,
})
export type ScenarioFile = z.infer<typeof scenarioSchema>
