/** The doctor as a customer: an account of its own, a token for it, and one look into every service. */
import type { Request } from '../../core/index.ts'
import { type Scenario, SERVICES } from '../../scenario/index.ts'
import {
  Account,
  cartRequest,
  loginRequest,
  productRequest,
  profileRequest,
  registerRequest,
  stockPath,
} from '../../traffic/index.ts'
import { toReply } from '../../worlds/index.ts'
import type { Check } from './doctor-check.ts'
import { type Answer, type DoctorClient, outcomeText } from './doctor-client.ts'

export interface SignedIn {
  readonly token: string
  readonly userId: number
}

/** Whether each service says that it is well. The first answer is that of the connection. */
export async function checkHealth(client: DoctorClient): Promise<{ checks: Check[]; answers: Answer[] }> {
  const checks: Check[] = []
  const answers: Answer[] = []
  for (const service of SERVICES) {
    const answer = await client.ask({ method: 'GET', service, path: '/actuator/health' })
    const status = answer.status === 200 ? 'ok' : 'missing'
    checks.push({ name: `health of ${service}`, status, detail: outcomeText(answer) })
    answers.push(answer)
    // Nobody is there, or nobody who speaks: the others need not be waited for.
    if (answers[0]!.failure !== null) break
  }
  return { checks, answers }
}

/** Registers an account that nobody else has, and signs in. */
export async function checkSignIn(
  client: DoctorClient,
): Promise<{ checks: Check[]; signedIn: SignedIn | undefined }> {
  const account = new Account(1, `doctor-${Date.now().toString(36)}`)
  const registered = await client.ask(registerRequest(account))
  const isRegistered = registered.status === 200 || registered.status === 201
  const checks: Check[] = [
    { name: 'register', status: isRegistered ? 'ok' : 'failed', detail: outcomeText(registered) },
  ]
  if (!isRegistered) {
    checks.push({ name: 'login', status: 'skipped', detail: 'no account' })
    return { checks, signedIn: undefined }
  }
  const answer = await client.ask(loginRequest(account))
  const body = toReply(answer).body as { token?: unknown; user?: { id?: unknown } } | undefined
  const token = body?.token
  if (answer.status !== 200 || typeof token !== 'string' || token === '') {
    const detail = answer.status === 200 ? 'an answer without a token' : outcomeText(answer)
    checks.push({ name: 'login', status: 'failed', detail })
    return { checks, signedIn: undefined }
  }
  checks.push({ name: 'login', status: 'ok', detail: 'a token' })
  return { checks, signedIn: { token, userId: Number(body?.user?.id ?? 0) } }
}

/** What is read of each service; nothing is changed by it. */
export function readsOf({ products }: Scenario, { token, userId }: SignedIn): readonly Request[] {
  return [
    profileRequest(userId, token),
    productRequest(products[0]!, token),
    cartRequest(token),
    { method: 'GET', service: 'order-service', path: '/api/orders/user', token },
    { method: 'GET', service: 'payment-service', path: '/api/payments/0', token },
    { method: 'GET', service: 'notification-service', path: '/api/notifications', token },
  ]
}

/** A payment 0 need not be there: that it is looked for is enough. */
export async function checkReads(
  client: DoctorClient,
  requests: readonly Request[],
): Promise<{ checks: Check[]; answers: Answer[] }> {
  const checks: Check[] = []
  const answers: Answer[] = []
  for (const request of requests) {
    const answer = await client.ask(request)
    const { status } = answer
    const isFine = (status >= 200 && status < 300) || (request.path.endsWith('/0') && status === 404)
    const detail = `GET ${request.path}: ${outcomeText(answer)}`
    checks.push({ name: `read from ${request.service}`, status: isFine ? 'ok' : 'failed', detail })
    answers.push(answer)
  }
  return { checks, answers }
}

/** Whether a refusal of a service comes through as it is. */
export async function checkErrors(client: DoctorClient, { token }: SignedIn): Promise<Check> {
  const path = stockPath('NO-SUCH-SKU-000')
  const answer = await client.ask({ method: 'GET', service: 'inventory-service', path, token })
  const name = 'statuses passed through'
  if (answer.status === 404) return { name, status: 'ok', detail: 'a 404 comes as a 404' }
  const detail = `a product that there is not: expected status 404, got ${outcomeText(answer)}`
  return { name, status: 'missing', detail, advice: 'errors' }
}
