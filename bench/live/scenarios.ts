/** The scenarios of the table, written as their users would write them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const HEAD = 'description: Of the benchmark\nworld: live\naccounts: 5000\n'
/** What takes longer is cut off. */
const PATIENCE_SECONDS = 120
const ONE_GET = `behaviors:
  get:
    description: One request
    requests:
      - { name: get, get: / }
`

function phase(seconds: number, executor: string, behavior = 'get'): string {
  return `phases:
  - name: all
    durationMinutes: ${seconds / 60}
    executor: ${executor}
    gracefulStopSeconds: 5
    behaviors: { ${behavior}: 1 }
`
}

/** As many users as connections, each with one request after the other, until so many are made. */
export function closedLoop(requests: number): string {
  const executor = `{ kind: shared-iterations, users: 64, iterations: ${requests} }`
  return `name: closed-loop\n${HEAD}${ONE_GET}${phase(PATIENCE_SECONDS, executor)}`
}

/** Shoppers who do not think: log-ins, carts, orders, and what they check of the answers. */
export function shoppers(sessions: number): string {
  const behaviors = `behaviors:
  hasty:
    description: Looks and buys without a thought
    sessionMinutes: [5, 10]
    pagesPerSession: [10, 20]
    thinkTimeSeconds: [0, 0]
    conversionRate: 0.3
    cartAbandonmentRate: 0.3
    cartSize: [1, 3]
    actions: { browse: 3, search: 3, product: 4, cartAdd: 2 }
`
  const executor = `{ kind: shared-iterations, users: 64, iterations: ${sessions} }`
  const drive = phase(PATIENCE_SECONDS, executor, 'hasty')
  return `name: shoppers\n${HEAD}${behaviors}${drive}`
}

export function fixedRate(seconds: number, perSecond: number): string {
  const executor = `{ kind: constant-arrival-rate, sessionsPerSecond: ${perSecond} }`
  return `name: fixed-rate\n${HEAD}${ONE_GET}${phase(seconds, executor)}`
}

/** A second of thought after each request. */
export function thinkers(seconds: number, users: number): string {
  const thoughtful = ONE_GET.replace('get: / }', 'get: /, thinkTimeSeconds: [1, 1] }')
  const executor = `{ kind: constant-users, users: ${users}, rampUpSeconds: 5 }`
  return `name: thinkers\n${HEAD}${thoughtful}${phase(seconds, executor)}`
}

export function oneRequest(): string {
  return `name: one-request\n${HEAD}${ONE_GET}${phase(5, '{ kind: shared-iterations, users: 1, iterations: 1 }')}`
}

/** @returns the path of the file */
export function written(folder: string, text: string): string {
  const file = join(folder, `${/^name: (.*)$/m.exec(text)![1]}.yaml`)
  writeFileSync(file, text)
  return file
}
