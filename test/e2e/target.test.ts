/** `loadgen target`: the shop for clients of any kind, ours from another process among them. */
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { openRun } from '../../src/experience/index.ts'
import { LoadgenProcess, loadgen } from './loadgen-process.ts'
import { folderOf, liveScenario, RunFiles } from './run-files.ts'

const cwd = folderOf({ 'live.yaml': liveScenario(2) })
const RECORD = 'recorded/here'
const TRACE = '0123456789abcdef0123456789abcdef'

let target: LoadgenProcess
let url: string
beforeAll(async () => {
  target = new LoadgenProcess(['target', '--config', 'live.yaml', '--record', RECORD], { cwd })
  url = (await target.says(/^ready at (http:\/\/127\.0\.0\.1:\d+\/proxy)$/m))[1]!
})

interface Answer {
  readonly status: number
  readonly trace: string | null
  // biome-ignore lint/suspicious/noExplicitAny: a client reads what it needs
  readonly body: any
}

async function ask(method: string, where: string, body?: object, headers: object = {}): Promise<Answer> {
  const response = await fetch(`${url}/${where}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const { status } = response
  return {
    status,
    trace: response.headers.get('x-trace-id'),
    body: text === '' ? undefined : JSON.parse(text),
  }
}

describe('a client that is not ours', () => {
  it('registers, signs in, looks, fills a cart and orders', async () => {
    const account = { email: 'ada@example.com', password: 'correct horse' }
    const name = { firstName: 'Ada', lastName: 'Lovelace', phoneNumber: '+15551234567' }
    expect(await ask('POST', 'user-service/api/users/register', { ...account, ...name })).toMatchObject({
      status: 201,
      body: { email: account.email },
    })
    const login = await ask('POST', 'user-service/api/users/login', account)
    expect(login.status).toBe(200)
    const signedIn = { authorization: `Bearer ${login.body.token}` }

    const product = await ask(
      'GET',
      'inventory-service/api/inventory/products/PHONE-001',
      undefined,
      signedIn,
    )
    expect(product).toMatchObject({ status: 200, body: { sku: 'PHONE-001' } })
    const { sku, name: productName, price } = product.body
    const item = { productId: sku, productName, price, quantity: 2 }
    const cart = await ask('POST', 'cart-service/api/cart/items', item, signedIn)
    expect(cart).toMatchObject({ status: 201, body: { totalItems: 2, totalAmount: 2 * price } })

    const address = { street: '1 Main St', city: 'Boston', state: 'MA', zipCode: '02110', country: 'US' }
    const order = await ask(
      'POST',
      'order-service/api/orders',
      { items: [], shippingAddress: address },
      signedIn,
    )
    expect(order).toMatchObject({ status: 201, body: { orderNumber: expect.stringMatching(/^ORD-/) } })
  })

  it('is refused without a token, and for a service that is not there', async () => {
    expect((await ask('GET', 'cart-service/api/cart')).status).toBe(401)
    expect((await ask('GET', 'cat-service/api/cat')).status).toBe(404)
  })

  it('gets its trace id back, and a new one for none or a bad one', async () => {
    const health = 'user-service/actuator/health'
    expect((await ask('GET', health, undefined, { 'x-trace-id': TRACE })).trace).toBe(TRACE)
    for (const headers of [{}, { 'x-trace-id': 'x'.repeat(32) }, { 'x-trace-id': TRACE.slice(1) }]) {
      const { trace } = await ask('GET', health, undefined, headers)
      expect(trace).toMatch(/^[0-9a-f]{32}$/)
      expect(trace).not.toBe(TRACE)
    }
  })
})

describe('run --target', () => {
  it('sends the same load, and says that it cannot see the decisions', async () => {
    const args = ['run', '--config', 'live.yaml', '--target', url, '--out', 'runs']
    const { code, stdout } = await loadgen(args, { cwd })
    expect(code).toBe(0)
    const files = new RunFiles(`${cwd}/runs`)
    expect(files.list()).toEqual([
      'manifest.json',
      'report.html',
      'requests.jsonl',
      'run.log',
      'statistics.json',
      'summary.json',
    ])
    const { summary, requests } = files
    expect(summary).toMatchObject({ target: url, errorRate: 0, services: [], training: null })
    expect(summary.experience).toMatchObject({ decisions: 0, recorded: 0, file: null })
    expect(summary.requests).toBeGreaterThan(20)
    expect(requests).toHaveLength(summary.requests)
    const warning = 'not trained: the decisions of a balancer that is not ours cannot be seen'
    expect(summary.warnings).toEqual([expect.stringContaining(warning)])
    expect(stdout).toContain(warning)
  })

  it('finds it at a URL without a path, too', async () => {
    const args = ['run', '--config', 'live.yaml', '--target', new URL(url).origin, '--seed', '4', '--json']
    const { code, stdout } = await loadgen([...args, '--quiet', '--out', 'without-path'], { cwd })
    expect(code).toBe(0)
    expect(JSON.parse(stdout).errorRate).toBe(0)
  })
})

describe('Ctrl-C', () => {
  it('ends the target, with every decision of every client recorded', async () => {
    target.kill('SIGINT')
    const { code, stderr } = await target.finished
    expect(code).toBe(0)
    expect(stderr).toContain('stopping')
    const run = openRun(path.join(cwd, RECORD))
    const records = [...run.records()]
    expect(run.problems.messages).toEqual([])
    expect(records.some(({ trace, phase }) => trace === TRACE && phase === null)).toBe(true)
    expect(records.some(({ phase, hop }) => phase === 'second' && hop === 1)).toBe(true)
    const traces = new Set(records.filter(({ hop }) => hop === 0).map(({ trace }) => trace))
    for (const { trace } of new RunFiles(`${cwd}/runs`).requests) expect(traces).toContain(trace)
  })
})
