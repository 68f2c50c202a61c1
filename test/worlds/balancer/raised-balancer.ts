/** A balancer in front of whatever a test puts behind it, with all that it tells; it ends with the test. */
import { connect, type Socket } from 'node:net'
import { afterEach } from 'vitest'
import { ExperienceLog } from '../../../src/experience/index.ts'
import { policyFactory, type ServiceRouter } from '../../../src/routing/index.ts'
import type { BalancerConfig, ServiceConfig } from '../../../src/scenario/index.ts'
import type { BalancedService } from '../../../src/worlds/balancer/balanced-service.ts'
import { Balancer } from '../../../src/worlds/balancer/balancer.ts'
import type { DecisionObserver } from '../../../src/worlds/index.ts'
import { smallScenario } from '../../shop/small-scenario.ts'

export const SERVICE = 'demo'

export interface Raised {
  readonly balancer: Balancer
  readonly service: BalancedService
  readonly router: ServiceRouter
  readonly url: string
  readonly port: number
  /** What has been recorded, line by line. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it needs
  readonly records: () => any[]
  readonly log: ExperienceLog
  readonly answers: { instance: number; failed: boolean }[]
  /** What an operator is told. */
  readonly messages: string[]
  sheds: number
}

export interface Changes {
  readonly service?: Partial<ServiceConfig>
  readonly timeouts?: Partial<BalancerConfig['timeouts']>
  readonly limits?: Partial<BalancerConfig['limits']>
  readonly retries?: Partial<BalancerConfig['retries']>
  readonly headers?: Partial<BalancerConfig['headers']>
  readonly compat?: boolean
  /** Without records, instances may be added. */
  readonly recorded?: boolean
}

const raised: Balancer[] = []
afterEach(async () => {
  await Promise.all(raised.splice(0).map((balancer) => balancer.close()))
})

/** @param origins of the instances of its one service, which has all paths; it goes to them in turn */
export async function raise(origins: readonly string[], changes: Changes = {}): Promise<Raised> {
  const lines: string[] = []
  const answers: Raised['answers'] = []
  const config = configOf(origins, changes)
  let log: ExperienceLog | undefined
  const messages: string[] = []
  const result = { sheds: 0, answers, messages } as { -readonly [key in keyof Raised]: Raised[key] }
  const observer: DecisionObserver = {
    onAnswer: (_, instance, __, failed) => answers.push({ instance, failed }),
    onShed: () => result.sheds++,
  }
  const startMs = performance.now()
  const balancer = new Balancer({
    config,
    policies: policyFactory,
    seed: 1,
    now: () => performance.now() - startMs,
    observer,
    onMessage: (text) => messages.push(text),
    ...(changes.recorded === false ? {} : { log: () => (log = logTo(lines, config)) }),
  })
  await balancer.start()
  raised.push(balancer)
  const service = balancer.services[0]!
  const { router } = service
  const port = Number(new URL(balancer.url).port)
  const records = () => lines.map((line) => JSON.parse(line))
  return Object.assign(result, { balancer, service, router, url: balancer.url, port, records, log: log! })
}

function logTo(lines: string[], { services }: BalancerConfig): ExperienceLog {
  return new ExperienceLog({
    run: 'test',
    services: services.map(({ name }) => name),
    instances: Object.fromEntries(
      services.map(({ name, instances }) => [name, instances.map(({ id }) => id)]),
    ),
    routes: ['unknown'],
    phases: [],
    profiles: [],
    reward: smallScenario.reward,
    repeats: true,
    sink: {
      writeLine: (bytes, length) => {
        lines.push(Buffer.from(bytes.subarray(0, length)).toString())
      },
    },
  })
}

function configOf(origins: readonly string[], changes: Changes): BalancerConfig {
  return {
    listen: { host: '127.0.0.1', port: 0 },
    admin: null,
    services: [
      {
        name: SERVICE,
        match: { path: '/', host: null },
        stripPrefix: false,
        policy: 'round-robin',
        instances: origins.map((url, i) => ({ id: `demo-${i + 1}`, url, weight: 1 })),
        health: null,
        passiveFailures: 0,
        probePath: null,
        routes: [],
        affinity: { by: 'path' },
        ...changes.service,
      },
    ],
    timeouts: {
      connectMs: 2_000,
      answerMs: 20_000,
      headersMs: 20_000,
      bodyMs: 20_000,
      idleMs: 20_000,
      drainMs: 20_000,
      ...changes.timeouts,
    },
    limits: {
      headerBytes: 16_384,
      bodyBytes: 2 ** 30,
      bufferBytes: 65_536,
      connections: 1000,
      requestsPerConnection: 0,
      connectionsPerInstance: 16,
      waitingPerInstance: 16,
      ...changes.limits,
    },
    retries: { most: 0, budget: null, on: ['connect', 'reset'], ...changes.retries },
    headers: {
      instance: 'X-Loadgen-Instance',
      trustForwarded: false,
      preserveHost: false,
      via: null,
      ...changes.headers,
    },
    recording: null,
    compat: changes.compat ?? false,
    seed: 1,
  }
}

/** What a client that writes raw bytes gets until the connection closes; it stops listening after `patienceMs`. */
export function rawAsk(
  port: number,
  bytes: string | readonly string[],
  patienceMs = 10_000,
): Promise<string> {
  return new Promise((resolve) => {
    let heard = ''
    const socket: Socket = connect(port, '127.0.0.1', () => {
      for (const part of typeof bytes === 'string' ? [bytes] : bytes) socket.write(part, 'latin1')
    })
    const timer = setTimeout(() => socket.destroy(), patienceMs)
    socket.on('data', (data) => (heard += data.toString('latin1')))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(heard)
    })
  })
}
