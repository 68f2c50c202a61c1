/** A real balancer, administered while it serves: nothing that an operator does costs a request. */
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent, createServer, get, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ExperienceRecord, readDataset } from '../../../src/experience/index.ts'
import { trainModel } from '../../../src/learning/index.ts'
import { loadBalancerConfig } from '../../../src/scenario/index.ts'
import { resolvePolicy } from '../../../src/study/index.ts'
import { type RunningBalancer, startBalancer } from '../../../src/worlds/balancer/start-balancer.ts'
import { syntheticRun, temporaryDirectory, writeRun } from '../../learning/synthetic-run.ts'
import { fileOf } from '../../scenario/scenario-files.ts'
import { type Answer, type Asked, ask } from './admin-client.ts'
import { parsePrometheus } from './parse-prometheus.ts'

let upstreams: Server[]
let running: RunningBalancer
let agent: Agent

/** @param answerAfterMs how long it takes */
async function newUpstream(answerAfterMs = 2): Promise<string> {
  const server = createServer((_, response) => setTimeout(() => response.end('here'), answerAfterMs))
  upstreams.push(server)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeEach(() => {
  upstreams = []
  agent = new Agent({ keepAlive: true, maxSockets: 8 })
})
afterEach(async () => {
  agent.destroy()
  await running.close()
  for (const server of upstreams) server.close()
})

const OPTIONS = {
  source: { name: 'test', hash: 'abc' },
  policies: resolvePolicy,
  seed: 1,
  onMessage: () => {},
}

async function configOf(policy: string, more = '', answerAfterMs?: number) {
  const urls = await Promise.all([newUpstream(answerAfterMs), newUpstream(answerAfterMs)])
  const config = `
listen: 127.0.0.1:0
admin: { listen: 127.0.0.1:0 }
policy: ${policy}
services:
  shop:
    match: { path: / }
    instances: [{ id: one, url: '${urls[0]}' }, { id: two, url: '${urls[1]}' }]
${more}`
  return { config: loadBalancerConfig(fileOf(config), () => undefined) }
}

async function raise(policy: string, more = '', answerAfterMs?: number): Promise<void> {
  running = await startBalancer({ ...OPTIONS, ...(await configOf(policy, more, answerAfterMs)) })
}

const admin = (what: string, asked?: Asked): Promise<Answer> => ask(running.adminUrl!, what, asked)
const traceOf = (i: number): string => i.toString(16).padStart(8, '0').repeat(4)

/** Status of one request of a client. */
function request(trace: string): Promise<number> {
  return new Promise((resolve) => {
    const call = get(`${running.url}/a`, { agent, headers: { 'x-trace-id': trace } }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode!))
    })
    call.on('error', () => resolve(0))
  })
}

/** Eight clients that go on until `work` is done. Returns how many requests there were, by status. */
async function underLoad(work: (sent: () => number) => Promise<void>): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {}
  let sent = 0
  let isOver = false
  const client = async (): Promise<void> => {
    while (!isOver) {
      const status = await request(traceOf(sent++))
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  }
  const clients = Array.from({ length: 8 }, client)
  await work(() => sent)
  isOver = true
  await Promise.all(clients)
  return statuses
}

describe('under load', () => {
  it('switching policies costs no request', async () => {
    await raise('round-robin')
    const policies = ['random', 'least-outstanding', 'peak-ewma', 'power-of-two-choices', 'round-robin']
    const statuses = await underLoad(async (sent) => {
      for (let i = 0; sent() < 500; i++) {
        const policy = policies[i % policies.length]!
        expect((await admin('PUT /api/v1/policy', { body: { policy } })).status).toBe(200)
      }
    })
    expect(Object.keys(statuses)).toEqual(['200'])
    const { traffic, policies: used, instances } = (await admin('GET /api/v1/services/shop')).json
    expect(traffic.requests).toBe(statuses[200])
    const answers = used.map((policy: { answers: number }) => policy.answers)
    expect(answers.reduce((sum: number, count: number) => sum + count, 0)).toBe(statuses[200])
    expect(instances.map(({ inFlight }: { inFlight: number }) => inFlight)).toEqual([0, 0])
    const text = (await admin('GET /metrics')).text
    const samples = parsePrometheus(text).get('loadgen_answers_total')!.samples
    expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(statuses[200])
  })

  it('neither do instances that come and go', async () => {
    await raise('least-outstanding')
    const statuses = await underLoad(async (sent) => {
      for (let i = 0; sent() < 500; i++) {
        const url = await newUpstream()
        const body = { url, id: `new-${i}` }
        expect((await admin('POST /api/v1/services/shop/instances', { body })).status).toBe(201)
        while (answersOf(await service(), `new-${i}`) === 0) await request(traceOf(0))
        expect((await admin(`DELETE /api/v1/services/shop/instances/new-${i}`)).status).toBe(202)
        while ((await service()).instances.length > 2) await request(traceOf(0))
      }
    })
    expect(Object.keys(statuses)).toEqual(['200'])
  })

  interface Described {
    readonly instances: readonly { readonly id: string; readonly traffic: { readonly answers: number } }[]
  }
  const service = async (): Promise<Described> => (await admin('GET /api/v1/services/shop')).json
  const answersOf = ({ instances }: Described, id: string): number =>
    instances.find((instance) => instance.id === id)!.traffic.answers

  it('a model that cannot be read leaves the old one where it is', async () => {
    const model = join(temporaryDirectory(), 'model')
    const train = (seed: number) =>
      trainModel({
        directories: [writeRun(syntheticRun({ decisions: 400 }))],
        algorithm: 'q-learning',
        seed,
        output: model,
      })
    await train(1)
    await raise(`model:${model}`)
    const version = async (): Promise<string> =>
      (await admin('GET /api/v1/services/shop')).json.policy.version
    const before = await version()
    const statuses = await underLoad(async (sent) => {
      const file = join(model, 'q_table.json')
      const whole = readFileSync(file)
      while (sent() < 200) {
        writeFileSync(file, '{"half')
        expect((await admin('POST /api/v1/models/reload')).status).toBe(422)
        expect(await version()).toBe(before)
        writeFileSync(file, whole)
        expect((await admin('POST /api/v1/models/reload')).status).toBe(200)
      }
      await train(2)
      expect((await admin('POST /api/v1/models/reload')).status).toBe(200)
    })
    expect(await version()).not.toBe(before)
    expect(Object.keys(statuses)).toEqual(['200'])
  })
})

it('an answer counts for the policy that decided, even if another decides when it comes', async () => {
  await raise('round-robin', '', 200)
  const arrived = once(upstreams[0]!, 'request')
  const answered = request(traceOf(1))
  await arrived
  await admin('PUT /api/v1/policy', { body: { policy: 'random' } })
  expect(await answered).toBe(200)
  expect((await admin('GET /api/v1/services/shop')).json.policies).toMatchObject([
    { policy: 'round-robin', answers: 1 },
    { policy: 'random', answers: 0 },
  ])
})

describe('records', () => {
  it('of one start are not written over by another, not even by one that fails', async () => {
    const directory = temporaryDirectory()
    await raise('round-robin', `recording: { directory: '${directory}' }`)
    expect(await request(traceOf(1))).toBe(200)
    const { config } = await configOf('round-robin', `recording: { directory: '${directory}' }`)
    const taken = { ...config, listen: { host: '127.0.0.1', port: Number(new URL(running.url).port) } }
    const messages: string[] = []
    const second = startBalancer({ ...OPTIONS, config: taken, onMessage: (text) => messages.push(text) })
    await expect(second).rejects.toThrow(/in use/)
    expect(messages).toEqual([])
    await running.drain()
    const counts = readdirSync(directory).map(
      (folder) => readFileSync(join(directory, folder, 'experiences.jsonl'), 'utf8').split('\n').length - 1,
    )
    expect(counts.toSorted()).toEqual([0, 1])
  })

  it('are of the sample, with the policies that decided and the instances that were added', async () => {
    const directory = temporaryDirectory()
    await raise('round-robin', `recording: { directory: '${directory}', sample: 0.5 }`)
    for (let i = 0; i < 60; i++) await request(traceOf(i))
    await admin('PUT /api/v1/policy', { body: { policy: 'random' } })
    await admin('POST /api/v1/services/shop/instances', { body: { url: await newUpstream(), id: 'three' } })
    for (let i = 60; i < 200; i++) await request(traceOf(i))
    const { recorder } = (await admin('GET /api/v1/status')).json
    expect(recorder.unsampled).toBeGreaterThan(0)
    await running.drain()
    const folder = recorder.directory as string
    const lines = readFileSync(join(folder, 'experiences.jsonl'), 'utf8').trimEnd().split('\n')
    const records = lines.map((line) => JSON.parse(line) as ExperienceRecord)
    expect(records.length + recorder.unsampled).toBe(200)
    expect(new Set(records.map(({ policy }) => policy!.id))).toEqual(new Set(['round-robin', 'random']))
    expect(records.map(({ action }) => action!.instance)).toContain('three')
    expect(readDataset(folder).services.shop).toEqual(['one', 'two', 'three'])
  })
})
