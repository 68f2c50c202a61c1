/** The state of instances from Prometheus: what is taken from its answers, and what becomes of those that are none. */
import { afterEach, describe, expect, it } from 'vitest'
import type { PrometheusSettings } from '../../../../src/scenario/index.ts'
import { instantVector, prometheusQuestions } from '../../../../src/worlds/live/capture/prometheus.ts'
import { StatePoll } from '../../../../src/worlds/live/capture/state-poll.ts'
import { DESERTED, hostileServer } from '../hostile-server.ts'
import { prometheusOf, type StubServer, series, vector } from './state-servers.ts'

const polls: StatePoll[] = []
afterEach(async () => {
  await Promise.all(polls.splice(0).map((poll) => poll.close()))
})

interface Asked {
  readonly poll: StatePoll
  readonly told: string[]
}

async function ask(url: string, change: Partial<PrometheusSettings> = {}, token?: string): Promise<Asked> {
  const told: string[] = []
  const settings: PrometheusSettings = {
    url,
    pollMs: 200,
    tokenVariable: null,
    instanceLabel: 'instance',
    queries: { cpu: 'cpu_share{job="$service"}' },
    ...change,
  }
  const questions = prometheusQuestions(settings, ['cart-service', 'user-service'], (...what) =>
    told.push(what.join(' ')),
  )
  const poll = new StatePoll({ ...settings, token, questions })
  polls.push(poll)
  await poll.askAll()
  return { poll, told: told.toSorted() }
}

const queriesOf = ({ asked }: StubServer) => asked.map(({ query }) => query).toSorted()

describe('a query', () => {
  it('is asked once per service that it names, and its values belong to the instances of the label', async () => {
    const server = await prometheusOf((query) =>
      query.includes('cart')
        ? vector(series('0.5', { instance: 'c1', job: 'x' }), series('0.25', { instance: 'c2' }))
        : vector(series('1', { instance: 'u1' })),
    )
    const { poll, told } = await ask(server.url)
    expect(queriesOf(server)).toEqual(['cpu_share{job="cart-service"}', 'cpu_share{job="user-service"}'])
    expect(told).toEqual(['cart-service c1 cpu 0.5', 'cart-service c2 cpu 0.25', 'user-service u1 cpu 1'])
    expect(poll.report).toEqual({ url: server.url, asked: 2, failed: 0, problems: {} })
  })

  it('that names no service is asked once for all', async () => {
    const server = await prometheusOf(() => vector(series('3', { pod: 'p' })))
    const { told } = await ask(server.url, { queries: { inFlight: 'busy' }, instanceLabel: 'pod' })
    expect(queriesOf(server)).toEqual(['busy'])
    expect(told).toEqual(['cart-service p inFlight 3', 'user-service p inFlight 3'])
  })

  it('goes below the path of the URL, with the token', async () => {
    const server = await prometheusOf(() => vector())
    await ask(server.url, {}, 'secret')
    expect(server.asked[0]!.authorization).toBe('Bearer secret')
    const { poll } = await ask(`${server.url}/below/`, { queries: { cpu: 'x' } })
    expect(poll.report.problems).toEqual({ 'status 404': 1 })
  })

  it('leaves out values that are no numbers', async () => {
    const values = ['NaN', '+Inf', '', '7e-1'].map((value, i) => series(value, { instance: `c${i}` }))
    const server = await prometheusOf(() => vector(...values))
    const { told, poll } = await ask(server.url, { queries: { cpu: 'x' } })
    expect(told).toEqual(['cart-service c3 cpu 0.7', 'user-service c3 cpu 0.7'])
    expect(poll.report.failed).toBe(0)
  })
})

describe('an answer that is none', () => {
  const failure = { status: 'error', errorType: 'bad_data', error: 'parse error at char 3' }
  it.each<[string, Parameters<typeof prometheusOf>[0], string]>([
    ['a refusal', () => [400, failure], 'status 400 (parse error at char 3)'],
    ['an error with status 200', () => [200, failure], 'cpu: expected an instant vector, got error'],
    [
      'a scalar',
      () => [200, { status: 'success', data: { resultType: 'scalar', result: [1, '2'] } }],
      'cpu: expected an instant vector, got scalar',
    ],
    ['nothing', () => [200, undefined], 'an answer that is not JSON'],
    ['null', () => [200, null], 'cpu: expected an instant vector, got undefined'],
    ['a vector of nonsense', () => vector(null as never), 'cpu: a series without the label "instance"'],
    ['another label', () => vector(series('1', { pod: 'a' })), 'cpu: a series without the label "instance"'],
    [
      'two series for one instance',
      () => vector(series('1', { instance: 'a' }), series('2', { instance: 'a' })),
      'cpu: several series for instance="a": let the query sum them up, or ask for one $service',
    ],
    ['silence', () => undefined, 'no answer (timeout)'],
  ])('is counted with what was wrong: %s', async (_, answer, problem) => {
    const server = await prometheusOf(answer)
    const { poll, told } = await ask(server.url, { queries: { cpu: 'x' } })
    expect(told).toEqual([])
    expect(poll.report).toEqual({ url: server.url, asked: 1, failed: 1, problems: { [problem]: 1 } })
  })

  it('may be no answer at all, or no HTTP', async () => {
    expect((await ask(DESERTED)).poll.report.problems).toEqual({ 'no answer (connect)': 2 })
    const babbler = await hostileServer((socket) => socket.write('hello\r\n'))
    const { poll } = await ask(babbler.origin, { queries: { cpu: 'x' } })
    expect(poll.report.problems).toEqual({ 'no answer (framing)': 1 })
  })
})

describe('a poll', () => {
  it('asks again and again, and takes up what comes after a failure', async () => {
    let asked = 0
    const server = await prometheusOf(() =>
      ++asked === 1 ? [503, {}] : vector(series('1', { instance: 'a' })),
    )
    const told: number[] = []
    const settings = { url: server.url, pollMs: 10, tokenVariable: null, instanceLabel: 'instance' }
    const questions = prometheusQuestions(
      { ...settings, queries: { cpu: 'x' } },
      ['cart-service'],
      (...what) => told.push(what[3]),
    )
    const poll = new StatePoll({ ...settings, token: undefined, questions })
    polls.push(poll)
    poll.start()
    while (told.length < 3) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(poll.report.failed).toBe(1)
    await poll.close()
    const { asked: until } = poll.report
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(poll.report.asked).toBe(until)
  })
})

it('does not take what is no vector for one', () => {
  for (const answer of [undefined, null, 5, 'text', [], {}, { status: 'success' }]) {
    expect(() => instantVector(answer, 'instance', 'cpu')).toThrow('cpu: expected an instant vector')
  }
})
