/** Whether those who are to tell the state of instances answer, and speak of the instances that were seen. */
import type { CaptureSettings, ServiceName } from '../../scenario/index.ts'
import {
  adminQuestions,
  instanceId,
  prometheusQuestions,
  StatePoll,
  type StateQuestion,
  type TellValue,
} from '../../worlds/index.ts'
import { captureTokens } from '../external-run.ts'
import type { Check } from './doctor-check.ts'

/** Instances with a value, by feature and service. */
type Told = Map<string, Map<string, Set<string>>>

/** @param names of instances of `service`, as answers have them */
export async function checkState(
  capture: CaptureSettings | undefined,
  service: ServiceName,
  names: readonly string[],
): Promise<Check[]> {
  if (capture === undefined || (capture.prometheus === null && capture.admin === null)) {
    const detail = 'neither Prometheus nor an admin API: CPU, memory and queues of instances will be missing'
    return [{ name: 'state of instances', status: 'missing', detail, advice: 'state' }]
  }
  const { prometheus, admin } = capture
  const tokens = captureTokens(capture)
  const checks: Check[] = []
  const idOf = (name: string): string => instanceId(name, capture.instances[service]) ?? name
  const seen = names.map(idOf)
  if (prometheus !== null) {
    const { problems, told } = await askOnce({ ...prometheus, token: tokens.prometheus }, idOf, (tell) =>
      prometheusQuestions(prometheus, [service], tell),
    )
    checks.push(reachedCheck('Prometheus', prometheus.url, problems))
    for (const feature of Object.keys(prometheus.queries)) {
      checks.push(toldCheck(`${feature} from Prometheus`, told.get(feature)?.get(service), service, seen))
    }
  }
  if (admin !== null) {
    const { problems, told } = await askOnce({ ...admin, token: tokens.admin }, idOf, adminQuestions)
    checks.push(reachedCheck('admin API', admin.url, problems))
    checks.push(toldCheck('inFlight from the admin API', told.get('inFlight')?.get(service), service, seen))
  }
  return checks
}

async function askOnce(
  server: { readonly url: string; readonly pollMs: number; readonly token: string | undefined },
  idOf: (name: string) => string,
  questionsFor: (tell: TellValue) => readonly StateQuestion[],
): Promise<{ problems: string[]; told: Told }> {
  const told: Told = new Map()
  const questions = questionsFor((service, name, feature) => {
    const services = told.get(feature) ?? new Map<string, Set<string>>()
    told.set(feature, services)
    services.set(service, (services.get(service) ?? new Set()).add(idOf(name)))
  })
  const poll = new StatePoll({ ...server, questions })
  await poll.askAll()
  const problems = Object.keys(poll.report.problems)
  await poll.close()
  return { problems, told }
}

function reachedCheck(name: string, url: string, problems: readonly string[]): Check {
  if (problems.length === 0) return { name, status: 'ok', detail: `${url} answers` }
  return { name, status: 'missing', detail: `${url}: ${problems.slice(0, 3).join('; ')}` }
}

function toldCheck(
  name: string,
  told: ReadonlySet<string> | undefined,
  service: string,
  seen: readonly string[],
): Check {
  const known = told ?? new Set<string>()
  if (known.size === 0)
    return { name, status: 'missing', detail: `no value for any instance of ${service}`, advice: 'state' }
  const strange = seen.filter((instance) => !known.has(instance))
  if (strange.length === 0)
    return { name, status: 'ok', detail: `a value for each of ${known.size} instances` }
  const detail = `it speaks of ${[...known].join(', ')}, answers name ${strange.join(', ')}: map both to one id in capture.instances`
  return { name, status: 'missing', detail }
}
