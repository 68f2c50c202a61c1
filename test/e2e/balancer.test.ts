/** `loadgen balancer` as its user meets it: the example of its page, an instance that dies under load, its signals, its records. */
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { openRun } from '../../src/experience/index.ts'
import { LoadgenProcess, loadgen } from './loadgen-process.ts'
import { folderOf, onlyFolderIn } from './run-files.ts'

const PAGE = readFileSync(path.join(import.meta.dirname, '../../docs/balancer.md'), 'utf8')
const EXAMPLE = /```yaml\n([\s\S]*?)```/.exec(PAGE)![1]!

const servers: Server[] = []
const balancers: LoadgenProcess[] = []
afterEach(() => {
  for (const balancer of balancers.splice(0)) balancer.kill('SIGKILL')
  for (const server of servers.splice(0)) end(server)
})

interface Upstream {
  readonly url: string
  /** It is gone at once, with all that is under way. */
  kill(): void
  requests: number
}

/** Answers its name after a moment. */
async function upstream(name: string, afterMs = 5): Promise<Upstream> {
  const result = { url: '', requests: 0, kill: () => end(server) }
  const server = createServer((request, response) => {
    result.requests++
    request.resume()
    setTimeout(() => response.end(JSON.stringify({ name, url: request.url })), afterMs)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  result.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return result
}

function end(server: Server): void {
  server.close()
  server.closeAllConnections()
}

interface Started {
  readonly process: LoadgenProcess
  readonly url: string
}

async function start(cwd: string, ...flags: string[]): Promise<Started> {
  const process = new LoadgenProcess(['balancer', '--config', 'balancer.yaml', '--port', '0', ...flags], {
    cwd,
  })
  balancers.push(process)
  return { process, url: (await process.says(/^ready at (\S+)$/m))[1]! }
}

function config(upstreams: readonly Upstream[], more = ''): string {
  const instances = upstreams.map(({ url }) => `      - { url: "${url}" }`).join('\n')
  return `admin: null\nservices:\n  demo:\n    instances:\n${instances}\n${more}`
}

describe('the example of the page', () => {
  it('is sound, and says what it means', async () => {
    const cwd = folderOf({ 'balancer.yaml': EXAMPLE })
    const { code, stdout } = await loadgen(['balancer', '--config', 'balancer.yaml', '--check'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toBe(
      'balancer.yaml: sound\n' +
        'cart: /proxy/cart to http://127.0.0.1:8081, http://127.0.0.1:8082 by power-of-two-choices\n' +
        'pages: pages.example/ to http://127.0.0.1:8083 by consistent-hash\n',
    )
  })

  it('runs in front of real services, records, and ends in good order', async () => {
    const ups = [await upstream('a'), await upstream('b'), await upstream('pages')]
    const text = ups
      .reduce((yaml, { url }, i) => yaml.replace(`http://127.0.0.1:${8081 + i}`, url), EXAMPLE)
      .replace('127.0.0.1:9901', '127.0.0.1:0')
    const cwd = folderOf({ 'balancer.yaml': text })
    const { process, url } = await start(cwd)
    const names = new Set<string>()
    for (let i = 0; i < 40; i++) {
      const answer = await fetch(`${url}/proxy/cart/api/cart/items/${i}`)
      const { name, url: seen } = (await answer.json()) as { name: string; url: string }
      expect(seen).toBe(`/api/cart/items/${i}`)
      names.add(name)
    }
    expect(names).toEqual(new Set(['a', 'b']))
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404)

    const admin = (await process.says(/^admin API at (\S+)$/m))[1]!
    expect((await fetch(`${admin}/healthz`)).status).toBe(200)

    process.kill('SIGTERM')
    expect((await process.finished).code).toBe(0)
    const run = openRun(onlyFolderIn(path.join(cwd, 'logs/edge')))
    const records = [...run.records()]
    expect(run.problems.messages).toEqual([])
    // Half of the traces, whichever they are.
    expect(records.length).toBeGreaterThan(5)
    expect(records.length).toBeLessThan(35)
    expect(new Set(records.map(({ route }) => route))).toEqual(new Set(['cart.item']))
  })
})

describe('an instance that is killed under load', () => {
  it('fails no request that may be sent again', async () => {
    const ups = [await upstream('a'), await upstream('b'), await upstream('c')]
    const health =
      '    health: { path: /health, intervalSeconds: 0.2, timeoutSeconds: 0.2 }\n    passiveFailures: 2\n'
    const { process, url } = await start(folderOf({ 'balancer.yaml': config(ups, health) }))
    const statuses = new Map<number | string, number>()
    let running = true
    const user = async (method: string): Promise<void> => {
      while (running) {
        const status = await fetch(`${url}/proxy/demo/x`, { method }).then(
          async (answer) => {
            await answer.arrayBuffer()
            return answer.status
          },
          (error: Error) => String(error.cause ?? error),
        )
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }
    const users = ['GET', 'GET', 'GET', 'GET', 'PUT', 'DELETE', 'HEAD', 'GET'].map(user)
    await delay(500)
    ups[1]!.kill()
    await delay(1000)
    const before = ups.map(({ requests }) => requests)
    await delay(500)
    running = false
    await Promise.all(users)
    expect([...statuses.keys()]).toEqual([200])
    expect(statuses.get(200)).toBeGreaterThan(100)
    expect(ups[1]!.requests).toBe(before[1])
    expect(ups[0]!.requests).toBeGreaterThan(before[0]!)
    process.kill('SIGTERM')
    expect((await process.finished).code).toBe(0)
  })
})

describe('SIGTERM', () => {
  it('lets what is under way come to its end, and takes nothing new', async () => {
    const slow = await upstream('slow', 800)
    const { process, url } = await start(folderOf({ 'balancer.yaml': config([slow]) }))
    const asked = fetch(`${url}/proxy/demo/x`)
    while (slow.requests === 0) await delay(10)
    process.kill('SIGTERM')
    await process.says(/draining/)
    await expect(fetch(`${url}/proxy/demo/y`)).rejects.toThrow()
    const answer = await asked
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close'])
    const { code, stderr } = await process.finished
    expect([code, /Error/.test(stderr)]).toEqual([0, false])
  })

  it('waits only so long', async () => {
    const silent = await upstream('silent', 60_000)
    const more = 'timeouts: { drainSeconds: 0.3 }\n'
    const { process, url } = await start(folderOf({ 'balancer.yaml': config([silent], more) }))
    const asked = fetch(`${url}/proxy/demo/x`).catch(() => 'broken')
    while (silent.requests === 0) await delay(10)
    process.kill('SIGTERM')
    expect(await asked).toBe('broken')
    expect((await process.finished).code).toBe(0)
  })

  it('twice ends it at once', async () => {
    const silent = await upstream('silent', 60_000)
    const { process, url } = await start(folderOf({ 'balancer.yaml': config([silent]) }))
    fetch(`${url}/proxy/demo/x`).catch(() => {})
    while (silent.requests === 0) await delay(10)
    process.kill('SIGTERM')
    await process.says(/draining/)
    process.kill('SIGINT')
    expect((await process.finished).code).toBe(130)
  })
})

describe('a file that is not sound', () => {
  it.each<[string, string, RegExp]>([
    [
      'an unknown policy',
      'policy: round-robbin',
      /unknown policy "round-robbin" \(did you mean "round-robin"\?\)/,
    ],
    ['an oracle', 'policy: least-work-left', /is an oracle: .* virtual world only/],
    ['a model that is not there', 'policy: model:nowhere', /nowhere/],
    ['a parameter that there is not', 'policy: power-of-d-choices(e=3)', /has no parameter "e"/],
  ])('because of %s ends with exit code 3 and says so', async (_, line, message) => {
    const cwd = folderOf({
      'balancer.yaml': `${line}\nservices: { a: { instances: [{ url: "http://127.0.0.1:1" }] } }`,
    })
    const { code, stderr } = await loadgen(['balancer', '--config', 'balancer.yaml', '--check'], { cwd })
    expect(code).toBe(3)
    expect(stderr).toMatch(message)
  })

  it('or no file at all is refused', async () => {
    const { code, stderr } = await loadgen(['balancer'], { cwd: folderOf() })
    expect([code, /--config FILE/.test(stderr)]).toEqual([2, true])
  })
})

describe('a service that nobody watches', () => {
  it.each([
    ['', true],
    ['policy: circuit-breaker(round-robin), ', false],
    ['health: { path: / }, ', false],
  ])('with %j is warned of: %s', async (line, warned) => {
    const instances = '[{ url: "http://127.0.0.1:1" }, { url: "http://127.0.0.1:2" }]'
    const cwd = folderOf({ 'balancer.yaml': `services: { a: { ${line}instances: ${instances} } }` })
    const { code, stderr } = await loadgen(['balancer', '--config', 'balancer.yaml', '--check'], { cwd })
    expect([code, stderr.includes('warning: a: an instance that dies')]).toEqual([0, warned])
  })
})

describe('as the predecessor', () => {
  it('makes a 502 of everything that is not 2xx, and does not tell who answered', async () => {
    const server = createServer((_, response) => response.writeHead(409).end('{"error":"exists"}'))
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const up = {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      kill: () => {},
      requests: 0,
    }
    const { url } = await start(folderOf({ 'balancer.yaml': config([up]) }), '--compat')
    const answer = await fetch(`${url}/proxy/demo/x`)
    expect(answer.status).toBe(502)
    expect(await answer.json()).toEqual({ error: 'Failed to forward request: 409 Conflict' })
    expect(answer.headers.get('x-loadgen-instance')).toBe(null)
  })
})

describe('what it has recorded', () => {
  it('trains a model that it then goes by', async () => {
    const ups = [await upstream('fast', 1), await upstream('slow', 30)]
    const recording = 'recording: { directory: recorded }\npolicy: "epsilon-greedy(random, epsilon=1)"\n'
    const cwd = folderOf({ 'balancer.yaml': config(ups, recording) })
    const first = await start(cwd)
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let i = 0; i < 60; i++) await (await fetch(`${first.url}/proxy/demo/x`)).arrayBuffer()
      }),
    )
    first.process.kill('SIGTERM')
    expect((await first.process.finished).code).toBe(0)
    const records = onlyFolderIn(path.join(cwd, 'recorded'))
    const trained = await loadgen(['train', records, '--algorithm', 'q-learning', '--output', 'model'], {
      cwd,
    })
    expect([trained.code, trained.stderr]).toEqual([0, expect.any(String)])

    const second = folderOf({ 'balancer.yaml': config(ups, `policy: "model:${path.join(cwd, 'model')}"\n`) })
    const { url } = await start(second)
    for (let i = 0; i < 10; i++) expect((await fetch(`${url}/proxy/demo/x`)).status).toBe(200)
  })
})
