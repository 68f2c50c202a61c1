/** The rules that one field of a balancer's file cannot break alone: they compare fields, or look names up. */
import { isLoopback } from '../../core/index.ts'
import type { Problems } from '../problems.ts'
import type { FieldPath, SourceDocument } from '../source-document.ts'
import { gotText } from '../wording.ts'
import { ADDRESS_PATTERN } from './balancer-schema.ts'

export type CheckPolicy = (text: string) => string | undefined

export function checkBalancerRules(
  document: SourceDocument,
  checkPolicy: CheckPolicy,
  problems: Problems,
): void {
  checkPolicyAt(document, ['policy'], checkPolicy, problems)
  checkPolicyAt(document, ['admin', 'rlAgent'], checkPolicy, problems)
  checkAddresses(document, problems)
  checkMatches(document, problems)
  for (const name of document.keysAt(['services'])) {
    const path = ['services', name]
    checkPolicyAt(document, [...path, 'policy'], checkPolicy, problems)
    checkInstances(document, path, name, problems)
    checkRoutes(document, path, problems)
    checkRecovery(document, path, problems)
  }
}

function checkPolicyAt(
  document: SourceDocument,
  path: FieldPath,
  checkPolicy: CheckPolicy,
  problems: Problems,
): void {
  const text = document.at(path)
  if (typeof text !== 'string' || text === '') return
  const wrong = checkPolicy(text)
  if (wrong !== undefined) problems.add(document, path, wrong)
}

function checkAddresses(document: SourceDocument, problems: Problems): void {
  for (const path of [['listen'], ['admin', 'listen']]) {
    const port = ADDRESS_PATTERN.exec(String(document.at(path)))?.[2]
    if (port !== undefined && Number(port) > 65_535) {
      problems.add(document, path, `expected a port from 0 to 65535, got ${port}`)
    }
  }
  const [listen, admin] = [document.at(['listen']), document.at(['admin', 'listen'])]
  if (listen !== undefined && listen === admin && !String(admin).endsWith(':0')) {
    problems.add(document, ['admin', 'listen'], `expected another address than listen, got ${admin}`)
  }
  const host = ADDRESS_PATTERN.exec(String(admin))?.[1]
  if (host === undefined || isLoopback(host) || document.at(['admin', 'token']) !== undefined) return
  const text = `${admin} can be reached from elsewhere: add admin.token (16 characters or more), or listen on 127.0.0.1`
  problems.add(document, ['admin', 'listen'], text)
}

/** Two services that want the same requests: the second would never get one. */
function checkMatches(document: SourceDocument, problems: Problems): void {
  const seen = new Map<string, string>()
  for (const name of document.keysAt(['services'])) {
    const path = ['services', name, 'match']
    const own = document.at(path)
    const prefix = own === undefined ? `/proxy/${name}` : (document.at([...path, 'path']) ?? '/')
    const key = `${document.at([...path, 'host']) ?? '*'} ${prefix}`
    const other = seen.get(key)
    if (other === undefined) seen.set(key, name)
    else problems.add(document, path, `the same requests as those of ${other}: change path or host`)
  }
}

function checkInstances(
  document: SourceDocument,
  service: FieldPath,
  name: string,
  problems: Problems,
): void {
  const ids = new Set<unknown>()
  const urls = new Set<string>()
  for (const [index, path] of document.itemsAt([...service, 'instances']).entries()) {
    const id = document.at([...path, 'id']) ?? `${name}-${index + 1}`
    if (ids.has(id))
      problems.add(document, [...path, 'id'], `${gotText(id)} is there twice: give each its own`)
    ids.add(id)
    const url = document.at([...path, 'url'])
    if (typeof url !== 'string') continue
    const origin = instanceOrigin(url)
    if (origin === undefined) {
      const text = `expected scheme, host and port such as http://10.0.0.1:8080, got ${gotText(url)}`
      problems.add(document, [...path, 'url'], text)
    } else if (urls.has(origin)) {
      problems.add(document, [...path, 'url'], `${origin} is there twice: give it more weight instead`)
    } else urls.add(origin)
  }
}

/** Scheme, host and port of an instance's URL; undefined if it is none, or has more than that. */
export function instanceOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined
  const plain = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  return plain && url.password === '' ? url.origin : undefined
}

function checkRoutes(document: SourceDocument, service: FieldPath, problems: Problems): void {
  const names = new Set<unknown>()
  for (const path of document.itemsAt([...service, 'routes'])) {
    const name = document.at([...path, 'name'])
    if (name !== undefined && names.has(name)) {
      problems.add(
        document,
        [...path, 'name'],
        `${gotText(name)} is there twice: give each class its own name`,
      )
    }
    names.add(name)
  }
}

/** Who is put out for failing comes back by a check only. */
function checkRecovery(document: SourceDocument, service: FieldPath, problems: Problems): void {
  const failures = document.at([...service, 'passiveFailures'])
  if (typeof failures !== 'number' || failures <= 0 || document.at([...service, 'health']) !== undefined)
    return
  const text = 'expected health beside it: an instance that is put out would never come back'
  problems.add(document, [...service, 'passiveFailures'], text)
}
