/** The doctor, with targets that lack one thing each. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { UsageError } from '../../../src/core/index.ts'
import { type CaptureSettings, type Scenario, SERVICES } from '../../../src/scenario/index.ts'
import { ADVICE, type Check, type Diagnosis, examine } from '../../../src/study/index.ts'
import { smallScenario } from '../../shop/small-scenario.ts'
import { prometheusOf, series, vector } from '../../worlds/live/capture/state-servers.ts'
import { DESERTED, hostileServer } from '../../worlds/live/hostile-server.ts'
import { type Asked, type StubAnswer, stubTarget } from '../stub-target.ts'

const CAPTURE: CaptureSettings = {
  instanceHeader: 'x-who',
  instanceCookie: null,
  instances: {},
  estimatePropensities: false,
  prometheus: null,
  admin: null,
}
afterEach(() => vi.unstubAllEnvs())

function scenarioWith(capture?: Partial<CaptureSettings>): Scenario {
  return capture === undefined ? smallScenario : { ...smallScenario, capture: { ...CAPTURE, ...capture } }
}

async function diagnose(
  change: (asked: Asked) => StubAnswer | undefined = () => undefined,
  scenario = scenarioWith(),
): Promise<Diagnosis> {
  return examine({ target: (await stubTarget(change)).url, scenario })
}

function checkOf({ checks }: Diagnosis, name: string): Check {
  return checks.find((check) => check.name === name)!
}

/** Instances in turn, as a header or a cookie says them. */
function naming(header: string, nameOf: (n: number) => string): (asked: Asked) => StubAnswer | undefined {
  let n = 0
  return ({ service }) =>
    service === 'inventory-service' ? { status: 200, headers: { [header]: nameOf(n++) } } : undefined
}

describe('a sound target', () => {
  it('is usable, and touched by nothing but an account and looks', async () => {
    const { url, asked } = await stubTarget(() => undefined)
    const diagnosis = await examine({ target: url, scenario: smallScenario })
    expect(diagnosis.usable).toBe(true)
    const failing = diagnosis.checks.filter(({ status }) => status === 'failed' || status === 'skipped')
    expect(failing).toEqual([])
    expect(asked.filter((what) => !what.startsWith('GET '))).toEqual([
      'POST user-service/api/users/register',
      'POST user-service/api/users/login',
    ])
    for (const service of SERVICES) {
      expect(checkOf(diagnosis, `health of ${service}`).status).toBe('ok')
      expect(checkOf(diagnosis, `read from ${service}`).status).toBe('ok')
    }
    for (const name of ['connections kept open', 'clock', 'X-Trace-Id echoed', 'statuses passed through']) {
      expect(checkOf(diagnosis, name)).toMatchObject({ status: 'ok' })
    }
  })
})

describe('a target that cannot be used', () => {
  it('is one where nobody is', async () => {
    const { usable, checks } = await examine({ target: DESERTED, scenario: smallScenario })
    expect(usable).toBe(false)
    expect(checks).toHaveLength(1)
    expect(checks[0]).toMatchObject({ name: 'connection', status: 'failed' })
    expect(checks[0]!.detail).toContain('no answer (connect)')
  })

  it('is one that speaks no HTTP', async () => {
    const { origin } = await hostileServer((socket) => socket.write('hello\r\n'))
    const { usable, checks } = await examine({ target: origin, scenario: smallScenario })
    expect([usable, checks[0]!.detail]).toEqual([false, expect.stringContaining('speaks no HTTP')])
  })

  it('is one that takes connections and breaks them off, or keeps silent: it is asked once', async () => {
    const { origin, connections } = await hostileServer((socket) => socket.destroy())
    const { usable, checks } = await examine({ target: origin, scenario: smallScenario })
    expect([usable, checks[0]!.detail]).toEqual([false, expect.stringContaining('HTTPS')])
    expect([checks.length, connections()]).toEqual([1, 1])
  })

  it.each<[string, StubAnswer, string]>([
    ['/api/users/register', { status: 500 }, 'register'],
    ['/api/users/login', { status: 401 }, 'login'],
    ['/api/users/login', { status: 200, body: {} }, 'login'],
  ])('is one where %s goes wrong', async (path, answer, failed) => {
    const diagnosis = await diagnose((asked) => (asked.path === path ? answer : undefined))
    expect(diagnosis.usable).toBe(false)
    expect(checkOf(diagnosis, failed).status).toBe('failed')
    expect(checkOf(diagnosis, 'instances').status).toBe('skipped')
  })

  it('is one where nothing can be read', async () => {
    const diagnosis = await diagnose(({ path }) =>
      path.startsWith('/api/users/') && !path.endsWith('7') ? undefined : { status: 503 },
    )
    expect(diagnosis.usable).toBe(false)
    expect(checkOf(diagnosis, 'read from cart-service')).toMatchObject({ status: 'failed' })
  })
})

describe('what is missing', () => {
  it.each<[string, StubAnswer | ((asked: Asked) => StubAnswer | undefined), string, RegExp]>([
    [
      'statuses passed through',
      ({ path }) => (path.includes('NO-SUCH') ? { status: 502 } : undefined),
      'errors',
      /expected status 404, got status 502/,
    ],
    [
      'X-Trace-Id echoed',
      ({ path }) => (path.includes('/api/cart') ? { status: 200 } : undefined),
      'trace',
      /in 5 of 6/,
    ],
    [
      'connections kept open',
      ({ path }) =>
        path === '/actuator/health' ? { status: 200, headers: { connection: 'close' } } : undefined,
      'keepAlive',
      /a connection of its own/,
    ],
    ['clock', () => undefined, 'clock', /3600 s behind ours/],
  ])('is named with its cure: %s', async (name, change, advice, detail) => {
    const hourAgo = { date: new Date(Date.now() - 3_600_000).toUTCString() }
    const late = ({ path, service }: Asked): StubAnswer | undefined =>
      service === 'user-service' && path.endsWith('7') ? { status: 200, headers: hourAgo } : undefined
    const answer = name === 'clock' ? late : (change as (asked: Asked) => StubAnswer | undefined)
    const check = checkOf(await diagnose(answer), name)
    expect(check).toMatchObject({ status: 'missing', advice })
    expect(check.detail).toMatch(detail)
    expect(ADVICE[check.advice!]).toBeDefined()
  })

  it('says which service is not well', async () => {
    const diagnosis = await diagnose(({ service, path }) =>
      service === 'payment-service' && path === '/actuator/health' ? { status: 503 } : undefined,
    )
    expect(diagnosis.usable).toBe(true)
    expect(checkOf(diagnosis, 'health of payment-service')).toMatchObject({
      status: 'missing',
      detail: 'status 503',
    })
  })
})

describe('instances', () => {
  it('are looked for where the scenario says', async () => {
    const diagnosis = await diagnose(
      naming('x-who', (n) => `i${n % 3}`),
      scenarioWith({}),
    )
    expect(checkOf(diagnosis, 'instances')).toEqual({
      name: 'instances',
      status: 'ok',
      detail:
        'header x-who names 3 instances of inventory-service in 20 answers (i0 7 times, i1 6 times, i2 7 times)',
    })
    expect(diagnosis.suggestion).toBeNull()
  })

  it.each([
    ['x-served-by', (n: number) => `pod-${n % 2}`, '--instance-header x-served-by'],
    ['set-cookie', (n: number) => `SERVERID=s${n % 2}; path=/`, '--instance-cookie SERVERID'],
  ])('are found where they usually are: %s', async (header, nameOf, flags) => {
    const diagnosis = await diagnose(naming(header, nameOf))
    expect(checkOf(diagnosis, 'instances').status).toBe('ok')
    expect(diagnosis.suggestion).toBe(flags)
  })

  it.each<[string, (n: number) => string, string]>([
    ['nobody is named', () => '', 'header x-who: in 0 of 20 answers'],
    ['some are not', (n) => (n % 2 === 0 ? 'a' : '<NOSRV>'), 'header x-who: in 10 of 20 answers'],
  ])('are missing where %s', async (_, nameOf, detail) => {
    const diagnosis = await diagnose(naming('x-who', nameOf), scenarioWith({}))
    expect(checkOf(diagnosis, 'instances')).toMatchObject({ status: 'missing', detail, advice: 'instance' })
    expect(diagnosis.usable).toBe(true)
  })

  it('are doubted if every answer names another one', async () => {
    const diagnosis = await diagnose(
      naming('x-who', (n) => `request-${n}`),
      scenarioWith({}),
    )
    expect(checkOf(diagnosis, 'instances')).toMatchObject({
      status: 'missing',
      detail: expect.stringContaining('another one in every answer'),
    })
  })

  it('are of no use if the scenario lists others', async () => {
    const instances = { 'inventory-service': { i0: 'one', other: 'two' } }
    const diagnosis = await diagnose(
      naming('x-who', (n) => `i${n % 2}`),
      scenarioWith({ instances }),
    )
    expect(checkOf(diagnosis, 'instances')).toMatchObject({
      status: 'missing',
      detail: expect.stringContaining('i1 not in capture.instances'),
    })
  })

  it('are too few if there is one', async () => {
    const diagnosis = await diagnose(
      naming('x-who', () => 'only'),
      scenarioWith({}),
    )
    expect(checkOf(diagnosis, 'instances')).toMatchObject({
      status: 'missing',
      detail: expect.stringContaining('nothing to learn from one instance'),
    })
  })
})

describe('the state of instances', () => {
  const prometheusAt = (url: string, change: object = {}) => ({
    prometheus: {
      url,
      pollMs: 1000,
      tokenVariable: null,
      instanceLabel: 'instance',
      queries: { cpu: 'c' },
      ...change,
    },
  })
  const twoInstances = () => naming('x-who', (n) => `i${n % 2}`)

  it('is missing if nobody tells it', async () => {
    expect(checkOf(await diagnose(), 'state of instances')).toMatchObject({
      status: 'missing',
      advice: 'state',
    })
  })

  it('is there if each query has a value for each instance that was seen', async () => {
    const { url } = await prometheusOf(() =>
      vector(series('1', { instance: 'i0' }), series('2', { instance: 'i1' })),
    )
    const diagnosis = await diagnose(twoInstances(), scenarioWith(prometheusAt(url)))
    expect(checkOf(diagnosis, 'Prometheus')).toMatchObject({ status: 'ok' })
    expect(checkOf(diagnosis, 'cpu from Prometheus')).toMatchObject({ status: 'ok' })
  })

  it('is of no use if it speaks of others', async () => {
    const { url } = await prometheusOf(() =>
      vector(series('1', { instance: 'i0:9100' }), series('1', { instance: 'i1' })),
    )
    const diagnosis = await diagnose(twoInstances(), scenarioWith(prometheusAt(url)))
    expect(checkOf(diagnosis, 'cpu from Prometheus')).toMatchObject({
      status: 'missing',
      detail: 'it speaks of i0:9100, i1, answers name i0: map both to one id in capture.instances',
    })
  })

  it('goes by the ids that the scenario gives to both', async () => {
    const { url } = await prometheusOf(() =>
      vector(series('1', { instance: 'i0:9100' }), series('1', { instance: 'i1' })),
    )
    const instances = { 'inventory-service': { i0: 'zero', 'i0:9100': 'zero', i1: 'one' } }
    const diagnosis = await diagnose(twoInstances(), scenarioWith({ ...prometheusAt(url), instances }))
    expect(checkOf(diagnosis, 'cpu from Prometheus')).toMatchObject({ status: 'ok' })
  })

  it('is not had from a Prometheus that does not answer, which ends nothing', async () => {
    const diagnosis = await diagnose(twoInstances(), scenarioWith(prometheusAt(DESERTED)))
    expect(diagnosis.usable).toBe(true)
    expect(checkOf(diagnosis, 'Prometheus').detail).toBe(`${DESERTED}: no answer (connect)`)
    expect(checkOf(diagnosis, 'cpu from Prometheus').status).toBe('missing')
  })

  it('needs the token that the scenario speaks of', async () => {
    const { url, asked } = await prometheusOf(() => vector())
    const scenario = scenarioWith(prometheusAt(url, { tokenVariable: 'A_TOKEN_THAT_IS_NOT_THERE' }))
    await expect(diagnose(twoInstances(), scenario)).rejects.toThrow(UsageError)
    await expect(diagnose(twoInstances(), scenario)).rejects.toThrow('A_TOKEN_THAT_IS_NOT_THERE is not set')
    vi.stubEnv('A_TOKEN_THAT_IS_NOT_THERE', 'secret')
    await diagnose(twoInstances(), scenario)
    expect(asked[0]!.authorization).toBe('Bearer secret')
  })
})
