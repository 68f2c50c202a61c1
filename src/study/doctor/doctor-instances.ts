/** Whether answers name their instance: where the scenario says, or where balancers usually do. */
import type { Request } from '../../core/index.ts'
import type { CaptureSettings, ServiceName } from '../../scenario/index.ts'
import { type HttpResult, instanceId, namedInstances } from '../../worlds/index.ts'
import { instanceFromText } from '../captured-run.ts'
import type { Check } from './doctor-check.ts'
import type { DoctorClient } from './doctor-client.ts'

const ASKED = 20
/** What balancers and services are often set up to say. */
const USUAL_HEADERS = [
  'x-upstream',
  'x-loadgen-instance',
  'x-upstream-addr',
  'x-served-by',
  'x-backend',
  'x-backend-server',
  'x-instance',
  'x-instance-id',
  'x-server',
  'x-pod-name',
]
const USUAL_COOKIES = ['SERVERID', 'SERVER', 'SRV', 'ROUTEID', 'INGRESSCOOKIE', 'AWSALB']

type Source = Pick<CaptureSettings, 'instanceHeader' | 'instanceCookie'>

export interface InstanceFindings {
  readonly check: Check
  /** Names by answers; empty if there are none. */
  readonly seen: ReadonlyMap<string, number>
  /** Flags for a run, where the scenario does not say it and the target does. */
  readonly suggestion: string | null
}

/** @param read is asked several times, so that more than one instance may answer */
export async function checkInstances(
  client: DoctorClient,
  read: Request,
  capture: CaptureSettings | undefined,
): Promise<InstanceFindings> {
  const answers: HttpResult[] = []
  for (let i = 0; i < ASKED; i++) answers.push(await client.ask(read))
  const source = capture ?? usualSource(answers)
  if (source === undefined) {
    const detail = 'no header or cookie that is known to name instances'
    return { check: missing(detail), seen: new Map(), suggestion: null }
  }
  const from = instanceFromText(source)
  const seen = countNames(answers, source)
  const named = [...seen.values()].reduce((sum, count) => sum + count, 0)
  const found = `${from} names ${seen.size} ${seen.size === 1 ? 'instance' : 'instances'} of ${read.service} in ${ASKED} answers`
  const suggestion = capture === undefined ? flagsFor(source) : null
  if (named < ASKED) return { check: missing(`${from}: in ${named} of ${ASKED} answers`), seen, suggestion }
  const listed = capture?.instances[read.service as ServiceName]
  const strange = [...seen.keys()].filter((name) => instanceId(name, listed) === undefined)
  if (strange.length > 0) {
    const detail = `${found}, but ${strange.join(', ')} not in capture.instances: no record will have an action of theirs`
    return { check: { name: 'instances', status: 'missing', detail }, seen, suggestion }
  }
  const list = [...seen]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${name} ${count} times`)
    .join(', ')
  const doubt = doubtAbout(seen.size)
  const status = doubt === '' ? 'ok' : 'missing'
  return { check: { name: 'instances', status, detail: `${found} (${list})${doubt}` }, seen, suggestion }
}

/** Why so many names are none to learn from; empty if they are. */
function doubtAbout(names: number): string {
  if (names === 1) return ': there is nothing to learn from one instance, or sessions stick to theirs'
  if (names === ASKED) return ': another one in every answer: does it name instances, or requests?'
  return ''
}

function missing(detail: string): Check {
  return { name: 'instances', status: 'missing', detail, advice: 'instance' }
}

function usualSource(answers: readonly HttpResult[]): Source | undefined {
  const candidates: Source[] = [
    ...USUAL_HEADERS.map((instanceHeader) => ({ instanceHeader, instanceCookie: null })),
    ...USUAL_COOKIES.map((instanceCookie) => ({ instanceHeader: null, instanceCookie })),
  ]
  return candidates.find((source) => countNames(answers, source).size > 0)
}

/** The one that answered, of each answer that says so. */
function countNames(answers: readonly HttpResult[], source: Source): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { headers } of answers) {
    const name = namedInstances(headers, source).at(-1)
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

function flagsFor({ instanceHeader, instanceCookie }: Source): string {
  return instanceHeader === null
    ? `--instance-cookie ${instanceCookie}`
    : `--instance-header ${instanceHeader}`
}
