/** The fields of a balancer's file, declared once: validation, messages and defaults read them here. */
import { z } from 'zod'
import { RETRY_CAUSES } from '../client-settings.ts'
import { retryBudget, share, text } from '../fields.ts'
import { rewardSchema } from '../settings-schema.ts'

const ADDRESS = 'host and port, such as 127.0.0.1:8080 or "[::1]:8080"'
export const ADDRESS_PATTERN = /^(\[[\da-f:.]+\]|[^\s:[\]/]+):(\d{1,5})$/i
const ABSOLUTE_PATH = 'path that starts with /'
const HEADER_NAME = 'name of a header, letters, digits and - only'
const TOKEN = 'token of 16 characters or more, without blanks'
const NAME = 'name of letters, digits, ".", "_" and -'
const AFFINITY = 'path, client, header:NAME or cookie:NAME'
export const AFFINITY_PATTERN = /^(?:(path|client)|(header|cookie):([\w!#$%&'*+.^`|~-]+))$/

const seconds = z.number().min(0.001).max(86_400)
const address = z.string().regex(ADDRESS_PATTERN).meta({ title: ADDRESS })
const absolutePath = z
  .string()
  .regex(/^\/[\x21-\x7e]*$/)
  .meta({ title: ABSOLUTE_PATH })
const headerName = z
  .string()
  .regex(/^[A-Za-z\d-]+$/)
  .meta({ title: HEADER_NAME })
const name = z
  .string()
  .regex(/^[\w.-]+$/)
  .meta({ title: NAME })

const instanceSchema = z.strictObject({
  id: name.exactOptional().describe('Unique within the service; its name and a number if nothing is said.'),
  url: text.describe('Scheme, host and port.'),
  weight: z.number().positive().default(1).describe('For policies that go by weights.'),
})

const healthSchema = z.strictObject({
  path: absolutePath.describe('Asked with GET.'),
  intervalSeconds: seconds.default(5).describe('Between two checks of one instance.'),
  timeoutSeconds: seconds.default(2).describe('An answer that takes longer is none.'),
  rise: z.int().min(1).max(100).default(1).describe('Checks in a row that succeed, and it is back.'),
  fall: z.int().min(1).max(100).default(1).describe('Checks in a row that fail, and it is out.'),
  statuses: z
    .array(z.int().min(200).max(599))
    .default([])
    .describe('Statuses that mean healthy; all of 2xx if nothing is said.'),
  report: z
    .boolean()
    .default(false)
    .describe('The answer is JSON with healthy, cpu, memory and queueDepth, for policies to see.'),
})

export const serviceSchema = z.strictObject({
  match: z
    .strictObject({
      path: absolutePath.exactOptional().describe('Prefix of the path, in whole segments.'),
      host: text.exactOptional().describe('Host of the request, without a port.'),
    })
    .exactOptional()
    .describe('Which requests are for this service; those to /proxy/<its name> if nothing is said.'),
  stripPrefix: z
    .boolean()
    .exactOptional()
    .describe('Instances see the path behind the prefix; true unless match says otherwise.'),
  instances: z.array(instanceSchema).min(1).describe('Who serves it.'),
  policy: text.exactOptional().describe('In place of the policy for all services.'),
  health: healthSchema
    .exactOptional()
    .describe('Asking instances whether they are well; nobody asks by default.'),
  passiveFailures: z
    .int()
    .min(0)
    .default(0)
    .describe(
      'Failures in a row, no statuses, after which an instance is out until a check succeeds; 0: never.',
    ),
  probePath: absolutePath
    .exactOptional()
    .describe('Where policies that probe ask; the answer is JSON with inFlight and latencyMs.'),
  routes: z
    .array(
      z.strictObject({
        name: name.describe('As it stands in records.'),
        method: z
          .string()
          .regex(/^[A-Z]+$/)
          .meta({ title: 'method in capitals' })
          .exactOptional()
          .describe('Any if nothing is said.'),
        path: absolutePath.describe('Behind the prefix; {name} is one segment, a last ** all that follow.'),
      }),
    )
    .default([])
    .describe('Classes of requests that records and models tell apart; the first that fits counts.'),
  affinity: z
    .string()
    .regex(AFFINITY_PATTERN)
    .meta({ title: AFFINITY })
    .default('path')
    .describe('What requests share that consistent hashing keeps together.'),
})

export const balancerSchema = z.strictObject({
  listen: address.default('127.0.0.1:8080').describe('Where clients come in.'),
  admin: z
    .strictObject({
      listen: address.default('127.0.0.1:9901').describe('Where operators come in.'),
      token: z
        .string()
        .regex(/^[\x21-\x7e]{16,}$/)
        .meta({ title: TOKEN })
        .exactOptional()
        .describe('Bearer token; needed beyond loopback.'),
      rlAgent: text
        .exactOptional()
        .describe(
          'Policy that clients of the predecessor call rl-agent; the model that a service uses if unsaid.',
        ),
    })
    .nullable()
    .prefault({})
    .describe('The admin API; null for none.'),
  services: z
    .record(name, serviceSchema)
    .refine((services) => Object.keys(services).length > 0, 'map with at least one service')
    .describe('By name.'),
  policy: text.default('power-of-two-choices').describe('Of all services that have none of their own.'),
  seed: z
    .int()
    .min(0)
    .exactOptional()
    .describe("Of the policies' random choices; a new one every time if unsaid."),
  compat: z.boolean().default(false).describe('As the predecessor: an answer that is not 2xx becomes a 502.'),
  timeouts: z
    .strictObject({
      connectSeconds: seconds.default(5).describe('For a connection to an instance.'),
      answerSeconds: seconds
        .default(60)
        .describe('For the head of an answer, and between parts of its body.'),
      headersSeconds: seconds.default(10).describe('For the head of a request.'),
      bodySeconds: seconds.default(30).describe('For a short body, and between the parts of a long one.'),
      idleSeconds: seconds.default(60).describe('A connection without a request.'),
      drainSeconds: seconds.default(10).describe('For what is under way when the balancer has to end.'),
    })
    .prefault({})
    .describe('Patience.'),
  limits: z
    .strictObject({
      headerBytes: z.int().min(1024).max(1_048_576).default(16_384).describe('Head of a request, else 431.'),
      bodyBytes: z.int().min(0).default(10_485_760).describe('Body of a request, else 413.'),
      bufferBytes: z
        .int()
        .min(0)
        .max(16_777_216)
        .default(65_536)
        .describe('Bodies up to this length are kept until they are sent, so that they can be sent again.'),
      connections: z.int().positive().default(10_000).describe('Of clients, at the same time.'),
      requestsPerConnection: z.int().min(0).default(10_000).describe('Then the connection closes; 0: never.'),
      connectionsPerInstance: z.int().positive().default(256).describe('To one instance, at the same time.'),
      waitingPerInstance: z.int().min(0).default(1024).describe('Requests that may wait for a connection.'),
    })
    .prefault({})
    .describe('How much at once.'),
  retries: z
    .strictObject({
      most: z.int().min(0).max(10).default(1).describe('Attempts after the first, each at another instance.'),
      budget: retryBudget,
      on: z
        .array(z.enum(RETRY_CAUSES))
        .default(['connect', 'reset'])
        .describe('Failures and statuses after which a request is tried again.'),
    })
    .prefault({})
    .describe('Only for requests that may happen twice.'),
  headers: z
    .strictObject({
      instance: z
        .union([headerName, z.literal(false)])
        .default('X-Loadgen-Instance')
        .describe('Tells the client which instance answered; false for none.'),
      trustForwarded: z
        .boolean()
        .default(false)
        .describe('X-Forwarded-* of clients are believed and added to.'),
      preserveHost: z
        .boolean()
        .default(false)
        .describe("Instances see the client's Host instead of their own."),
      via: name.exactOptional().describe('Our name in Via; no such header if nothing is said.'),
    })
    .prefault({})
    .describe('What is said beside the body.'),
  recording: z
    .strictObject({
      directory: text.describe('Every start makes a folder in it, for experiences.jsonl and dataset.json.'),
      sample: share.default(1).describe('Share of the traces that are kept.'),
      queueBytes: z
        .int()
        .positive()
        .default(16_777_216)
        .describe('So much may wait for the disk; what is more is dropped, and counted.'),
      reward: rewardSchema.prefault({}).describe('What a routing decision is rewarded for.'),
    })
    .exactOptional()
    .describe('Decisions as training data; nothing is recorded by default.'),
})

export type BalancerFile = z.infer<typeof balancerSchema>
