/** The fields of a flow, declared once: validation, messages and documentation read them here. */
import { z } from 'zod'
import { TOKEN_PATTERN } from '../capture-schema.ts'
import { rangeOf, SERVICE_KEYS, text } from '../fields.ts'
import { BUILT_IN_TAGS } from '../threshold/known-tags.ts'
import { DATA_ORDERS, METRIC_TYPES } from './flow.ts'
import { jsonPathSteps } from './json-path.ts'

const NAME = 'name of letters, digits, - and _ that begins with a letter'
const name = z
  .string()
  .regex(/^[A-Za-z][\w-]*$/)
  .meta({ title: NAME })

const HEADER = 'name of a header, such as x-request-id'
const headerName = z.string().regex(TOKEN_PATTERN).meta({ title: HEADER })

const JSON_PATH = 'path into JSON, such as items.0.sku or $.items[0].sku'
const jsonPath = z
  .string()
  .refine((path) => jsonPathSteps(path) !== undefined, JSON_PATH)
  .meta({ title: JSON_PATH })

const PATTERN = 'regular expression'
const pattern = z.string().min(1).refine(isPattern, PATTERN).meta({ title: PATTERN })

const PATH = 'path that begins with / (or is one variable), such as /api/cart'
const path = z
  .string()
  .regex(/^(\/|\$\{[^}]*\}$)[^\s]*$/)
  .meta({ title: PATH })

const STATUS = 'status such as 200, or a class of them such as 2xx'
const status = z.union([z.int().min(100).max(599), z.string().regex(/^[1-5]xx$/)]).meta({ title: STATUS })
const scalar = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .meta({ title: 'text, number, true, false or null' })

const TAG = `${NAME}, and is none of ${BUILT_IN_TAGS.join(', ')}`
const tagName = name.refine((tag) => !BUILT_IN_TAGS.some((one) => one === tag), TAG).meta({ title: TAG })

export const tagsSchema = z
  .record(tagName, z.union([z.string().min(1), z.number(), z.boolean()]).meta({ title: 'text' }))
  .default({})

const matcherSchema = z.strictObject({
  exists: z.boolean().exactOptional().describe('Whether it is there at all.'),
  equals: scalar.exactOptional().describe('What it is.'),
  contains: text.exactOptional().describe('A text in it, or an entry of a list.'),
  matches: pattern.exactOptional().describe('A regular expression that its text matches.'),
  atLeast: z.number().exactOptional().describe('The least that the number, or the length, may be.'),
  atMost: z.number().exactOptional().describe('The most that it may be.'),
})
export type MatcherFile = z.infer<typeof matcherSchema>
/** A value alone is what it is to equal. */
const matcher = z.union([matcherSchema, scalar])

const expectationSchema = z.strictObject({
  status: z
    .union([status, z.array(status).min(1)])
    .exactOptional()
    .describe('Status of the reply, or a list of those that will do: 200, 2xx.'),
  contains: text.exactOptional().describe('Text somewhere in the body.'),
  json: z
    .record(jsonPath, matcher)
    .exactOptional()
    .describe('What the JSON of the body holds, by path: a value, or conditions on it.'),
  headers: z
    .record(headerName, matcher)
    .exactOptional()
    .describe('What the headers of the reply are, by name: a value, or conditions on it.'),
})
export type ExpectationFile = z.infer<typeof expectationSchema>

const places = {
  json: jsonPath.exactOptional().describe('Path into the JSON of the body.'),
  header: headerName.exactOptional().describe('Name of a header of the reply.'),
  text: pattern.exactOptional().describe('Regular expression for the body; its first group, or all of it.'),
}
const sourceSchema = z.strictObject(places)
export type SourceFile = z.infer<typeof sourceSchema>

const metricSchema = z.strictObject({
  type: z
    .enum(METRIC_TYPES)
    .describe('counter: a sum; gauge: the last value; rate: share that is true; trend: a distribution.'),
  ...places,
  equals: scalar.exactOptional().describe('Of a rate: the value that counts as true.'),
})
export type MetricFile = z.infer<typeof metricSchema>

const thinkTimeSeconds = rangeOf(z.number().min(0))

export const requestSchema = z.strictObject({
  name: name.describe('Name of the request in reports and thresholds (`action`).'),
  get: path.exactOptional().describe('Path of a GET request.'),
  head: path.exactOptional().describe('Path of a HEAD request.'),
  post: path.exactOptional().describe('Path of a POST request.'),
  put: path.exactOptional().describe('Path of a PUT request.'),
  patch: path.exactOptional().describe('Path of a PATCH request.'),
  delete: path.exactOptional().describe('Path of a DELETE request.'),
  options: path.exactOptional().describe('Path of an OPTIONS request.'),
  service: z
    .enum(SERVICE_KEYS as [string, ...string[]])
    .exactOptional()
    .describe('Service of the shop that is asked; without it, the path is the own one of the target.'),
  headers: z
    .record(headerName, z.string())
    .default({})
    .describe('Headers that are sent, beside those of every request.'),
  body: z.json().exactOptional().describe('Body: text is sent as it stands, anything else as JSON.'),
  tags: tagsSchema.describe('Tags of the request, for reports and thresholds.'),
  expect: expectationSchema
    .prefault({})
    .describe(
      'What the reply is to be, or the request has failed; a status from 200 to 399 if nothing is said.',
    ),
  checks: z
    .record(text, expectationSchema)
    .default({})
    .describe('The same by name, counted but no reason to fail.'),
  capture: z
    .record(name, z.union([jsonPath, sourceSchema]))
    .default({})
    .describe('Variables for later requests: where each stands in the reply.'),
  metrics: z
    .record(name, metricSchema)
    .default({})
    .describe('Numbers of your own, by name, and where each stands in the reply.'),
  thinkTimeSeconds: thinkTimeSeconds
    .exactOptional()
    .describe('Pause after it, in seconds, in place of that of the flow.'),
})
export type RequestFile = z.infer<typeof requestSchema>

const dataSchema = z.strictObject({
  rows: z
    .array(z.record(name, scalar))
    .min(1)
    .exactOptional()
    .describe('The rows themselves: maps with the same columns.'),
  file: text
    .exactOptional()
    .describe('File of the rows beside the scenario: .csv with a line of names on top, or .json.'),
  order: z
    .enum(DATA_ORDERS)
    .default('sequential')
    .describe(
      'Which row a pass has: the next, one drawn without or with repetition, or always that of its user.',
    ),
})
export type DataFile = z.infer<typeof dataSchema>

export const flowFields = {
  description: text.describe('What it is for, in one line.'),
  tags: tagsSchema.describe('Tags of all its requests, for reports and thresholds.'),
  thinkTimeSeconds: thinkTimeSeconds
    .default([0, 0])
    .describe('Pause after every request, in seconds, at medium intensity.'),
  data: dataSchema.exactOptional().describe('Rows whose columns are variables.'),
  requests: z.array(requestSchema).min(1).describe('What is asked, one after the other.'),
}

/** A flow where its key already is its name: inside a scenario. */
export const inlineFlowSchema = z.strictObject(flowFields)
export type FlowFile = z.infer<typeof inlineFlowSchema>

/** A file of its own, `behaviors/<name>.yaml`. */
export const flowFileSchema = z.strictObject({
  name: text.describe('Name by which scenarios call it; the file is named after it.'),
  ...flowFields,
})

function isPattern(source: string): boolean {
  try {
    new RegExp(source)
    return true
  } catch {
    return false
  }
}
