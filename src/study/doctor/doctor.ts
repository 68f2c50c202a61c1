/**
 * What can be reached and captured of a balancer that is not ours, found out before a long run: `loadgen doctor`. It
 * changes nothing there but that it makes an account of its own, and looks into the cart of that.
 */
import type { Scenario } from '../../scenario/index.ts'
import { reusesConnection } from '../../worlds/index.ts'
import { noAnswerText, targetAddress } from '../target-address.ts'
import type { Check, Diagnosis } from './doctor-check.ts'
import { type Answer, DoctorClient } from './doctor-client.ts'
import { checkInstances } from './doctor-instances.ts'
import { checkErrors, checkHealth, checkReads, checkSignIn, readsOf } from './doctor-session.ts'
import { checkState } from './doctor-state.ts'

/** `Date` has whole seconds, and the answer took a while. */
const MOST_SKEW_MS = 2_000
const READ_SERVICE = 'inventory-service'

export interface DoctorOptions {
  readonly target: string
  /** Its `capture` and its products are what is looked for. */
  readonly scenario: Scenario
}

/** @throws TargetError for a URL that is none, UsageError for a token that is not there */
export async function examine({ target, scenario }: DoctorOptions): Promise<Diagnosis> {
  const { origin, prefix } = targetAddress(target)
  const client = new DoctorClient(origin, prefix, scenario.client)
  try {
    return await examineBy(client, target, scenario)
  } finally {
    await client.close()
  }
}

async function examineBy(client: DoctorClient, target: string, scenario: Scenario): Promise<Diagnosis> {
  const { capture } = scenario
  const health = await checkHealth(client)
  const connection = connectionCheck(client, health.answers[0]!)
  if (connection.status === 'failed') return { target, usable: false, checks: [connection], suggestion: null }
  const signIn = await checkSignIn(client)
  const checks = [connection, ...health.checks, ...signIn.checks]
  const { signedIn } = signIn
  if (signedIn === undefined) {
    const detail = 'needs a token'
    for (const name of ['reads', 'instances', 'statuses passed through']) {
      checks.push({ name, status: 'skipped', detail })
    }
    checks.push(...(await checkTransport(client, health.answers)))
    return { target, usable: false, checks, suggestion: null }
  }
  const requests = readsOf(scenario, signedIn)
  const reads = await checkReads(client, requests)
  const read = requests.find(({ service }) => service === READ_SERVICE)!
  const instances = await checkInstances(client, read, capture)
  checks.push(...reads.checks, instances.check, await checkErrors(client, signedIn))
  checks.push(...(await checkTransport(client, reads.answers)))
  checks.push(...(await checkState(capture, READ_SERVICE, [...instances.seen.keys()])))
  // Where nothing can be read, every session fails.
  const usable = reads.checks.some(({ status }) => status === 'ok')
  return { target, usable, checks, suggestion: instances.suggestion }
}

function connectionCheck({ origin, prefix }: DoctorClient, { failure, failureDetail }: Answer): Check {
  const name = 'connection'
  if (failure === null) return { name, status: 'ok', detail: `${origin}${prefix} answers` }
  return { name, status: 'failed', detail: noAnswerText(`${origin}${prefix}`, failure, failureDetail) }
}

async function checkTransport(client: DoctorClient, answers: readonly Answer[]): Promise<Check[]> {
  const answered = answers.filter(({ failure }) => failure === null)
  return [traceCheck(answered), await connectionsCheck(client), clockCheck(answered)]
}

function traceCheck(answers: readonly Answer[]): Check {
  const echoed = answers.filter(({ headers, trace }) => headers['x-trace-id'] === trace).length
  const name = 'X-Trace-Id echoed'
  if (echoed > 0 && echoed === answers.length) return { name, status: 'ok', detail: 'in every answer' }
  return { name, status: 'missing', detail: `in ${echoed} of ${answers.length} answers`, advice: 'trace' }
}

async function connectionsCheck({ origin, prefix }: DoctorClient): Promise<Check> {
  const reused = await reusesConnection(`${origin}${prefix}/user-service/actuator/health`)
  const name = 'connections kept open'
  if (reused === true) return { name, status: 'ok', detail: 'two requests went by one connection' }
  const detail =
    reused === undefined ? 'it did not answer twice' : 'every request needs a connection of its own'
  return { name, status: 'missing', detail, advice: 'keepAlive' }
}

function clockCheck(answers: readonly Answer[]): Check {
  const name = 'clock'
  const skews = answers.map(({ headers, sentAtMs, answeredAtMs }) => {
    const date = Date.parse(String(headers.date))
    // It is cut down to a whole second.
    return date + 500 - (sentAtMs + answeredAtMs) / 2
  })
  const skewMs = skews.find((skew) => !Number.isNaN(skew))
  if (skewMs === undefined)
    return { name, status: 'missing', detail: 'no answer has a Date', advice: 'clock' }
  if (Math.abs(skewMs) <= MOST_SKEW_MS)
    return { name, status: 'ok', detail: 'agrees with ours to within 2 s' }
  const detail = `${Math.round(Math.abs(skewMs) / 1000)} s ${skewMs > 0 ? 'ahead of' : 'behind'} ours`
  return { name, status: 'missing', detail, advice: 'clock' }
}
