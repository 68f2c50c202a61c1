/** The predecessor's benchmark of algorithms: switched, measured, compared. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningAdminServer, startAdminServer } from '../../../src/worlds/balancer/admin-server.ts'
import { type Answer, type Asked, ask } from './admin-client.ts'
import { SmallControl } from './small-control.ts'

let control: SmallControl
let server: RunningAdminServer
const admin = (what: string, asked?: Asked): Promise<Answer> => ask(server.url, what, asked)

beforeEach(async () => {
  control = new SmallControl('round-robin', ['cart-service', 'order-service'])
  server = await startAdminServer({ control, port: 0, rlAgent: 'peak-ewma' })
})
afterEach(() => server.close())

describe('/api/benchmark', () => {
  it('switches, measures each algorithm by itself, and compares', async () => {
    const serve = (ms: number, status = 200): void => control.services[0]!.serve(status, ms)
    const started = await admin('POST /api/benchmark/start?durationMinutes=10&startAlgorithm=round-robin')
    expect(started.json).toMatchObject({ status: 'success', active: true, durationMinutes: 10 })
    for (let i = 0; i < 4; i++) serve(100)
    control.nowMs = 2000
    const switched = await admin('POST /api/benchmark/switch?algorithm=least-connections')
    expect(switched.json).toMatchObject({
      status: 'success',
      previousAlgorithm: 'round-robin',
      currentAlgorithm: 'least-connections',
    })
    expect(control.services.map(({ policy }) => policy)).toEqual(['least-outstanding', 'least-outstanding'])
    for (let i = 0; i < 3; i++) serve(50)
    serve(50, 500)
    control.nowMs = 3000
    expect((await admin('GET /api/benchmark/status')).json).toMatchObject({
      active: true,
      currentAlgorithm: 'least-connections',
      testAlgorithms: ['rl-agent', 'round-robin', 'least-connections'],
      currentAlgorithmStats: {
        requestCount: 4,
        errorCount: 1,
        errorRatePercent: 25,
        requestRatePerSecond: 4,
      },
    })
    const { results, improvementPercent } = (await admin('GET /api/benchmark/results')).json
    expect(results['round-robin']).toEqual({
      algorithm: 'round-robin',
      requestCount: 4,
      errorCount: 0,
      errorRatePercent: 0,
      requestRatePerSecond: 2,
      avgResponseTimeMs: 100,
      p50ResponseTimeMs: 100,
      p95ResponseTimeMs: 100,
      p99ResponseTimeMs: 100,
      minResponseTimeMs: 100,
      maxResponseTimeMs: 100,
    })
    expect(improvementPercent).toEqual({ 'least-connections': 50 })
    expect((await admin('POST /api/benchmark/stop')).json).toMatchObject({ active: false, results })
  })

  it('statistics are those of all services together', async () => {
    for (const [i, service] of control.services.entries()) service.serve(200, 10 + 20 * i)
    const { currentAlgorithmStats } = (await admin('GET /api/benchmark/status')).json
    expect(currentAlgorithmStats).toMatchObject({
      requestCount: 2,
      avgResponseTimeMs: 20,
      minResponseTimeMs: 10,
      maxResponseTimeMs: 30,
    })
  })

  it('is over when its time is', async () => {
    await admin('POST /api/benchmark/start?durationMinutes=1')
    control.nowMs = 59_000
    expect((await admin('GET /api/benchmark/status')).json).toMatchObject({
      active: true,
      durationMinutes: 1,
    })
    control.nowMs = 60_000
    expect((await admin('GET /api/benchmark/status')).json).toMatchObject({
      active: false,
      remainingMinutes: 0,
    })
  })

  it('resets one algorithm, or all', async () => {
    control.services[0]!.serve(200, 10)
    await admin('POST /api/benchmark/switch?algorithm=least-connections')
    control.services[0]!.serve(200, 10)
    const measured = async (): Promise<string[]> =>
      Object.keys((await admin('GET /api/benchmark/results')).json.results)
    expect(await measured()).toEqual(['round-robin', 'least-connections'])
    await admin('POST /api/benchmark/reset?algorithm=least-connections')
    expect(await measured()).toEqual(['round-robin'])
    const unknown = await admin('POST /api/benchmark/reset?algorithm=rond-robin')
    expect([unknown.status, unknown.json.error]).toEqual([
      404,
      expect.stringMatching(/did you mean "round-robin"/),
    ])
    expect(await measured()).toEqual(['round-robin'])
    expect((await admin('POST /api/benchmark/reset?algorithm=rl-agent')).status).toBe(200)
    await admin('POST /api/benchmark/reset')
    expect(await measured()).toEqual([])
  })

  it('counts what several policies do at the same time', async () => {
    const [cart, order] = control.services
    order!.preparePolicy('random')()
    cart!.serve(200, 10)
    cart!.serve(500, 10)
    order!.serve(200, 40)
    for (const [path, stats] of [
      ['GET /api/benchmark/status', 'currentAlgorithm'],
      ['GET /rl/status', 'currentStrategy'],
    ]) {
      const { json } = await admin(path!)
      expect(json[stats!]).toBe('round-robin, random')
      expect(json.currentAlgorithmStats).toMatchObject({
        algorithm: 'round-robin, random',
        requestCount: 3,
        errorCount: 1,
        avgResponseTimeMs: 20,
      })
    }
  })

  it('takes our own policies too', async () => {
    await admin('POST /api/benchmark/switch?algorithm=power-of-two-choices')
    expect((await admin('GET /api/benchmark/status')).json.currentAlgorithm).toBe('power-of-two-choices')
  })

  it.each([
    ['POST /api/benchmark/switch', 400, /algorithm: is missing: use rl-agent, round-robin/],
    ['POST /api/benchmark/switch?algorithm=', 400, /expected a policy name/],
    ['POST /api/benchmark/switch?algorithm=rond-robin', 400, /did you mean "round-robin"/],
    ['POST /api/benchmark/start?durationMinutes=soon', 400, /durationMinutes: expected/],
    ['POST /api/benchmark/start?durationMinutes=-1', 400, /durationMinutes: expected/],
    ['POST /api/benchmark/start?startAlgorithm=magic', 400, /unknown policy "magic"/],
    ['GET /api/benchmark/switch?algorithm=random', 405, /only POST/],
  ])('%s: %i', async (what, expected, message) => {
    const { status, json } = await admin(what)
    expect([status, json.error]).toEqual([expected, expect.stringMatching(message)])
    expect(control.services.map(({ policy }) => policy)).toEqual(['round-robin', 'round-robin'])
    expect((await admin('GET /api/benchmark/status')).json.active).toBe(false)
  })
})

describe('rl-agent', () => {
  it.each(['rl-agent', 'rl-based'])('is what was configured, by the name %s', async (name) => {
    await admin(`POST /api/benchmark/switch?algorithm=${name}`)
    expect(control.services[0]!.policy).toBe('peak-ewma')
    expect((await admin('GET /api/benchmark/status')).json.currentAlgorithm).toBe('rl-agent')
  })

  it('without a model is not on offer, and refused', async () => {
    const bare = await startAdminServer({ control, port: 0 })
    expect((await ask(bare.url, 'GET /rl/strategies')).json).toEqual({
      strategies: ['round-robin', 'least-connections'],
      currentStrategy: 'round-robin',
    })
    const { status, json } = await ask(bare.url, 'POST /api/benchmark/switch?algorithm=rl-agent')
    expect([status, json.error]).toEqual([
      409,
      expect.stringMatching(/no service uses a model: configure one/),
    ])
    expect(control.services[0]!.policy).toBe('round-robin')
    await bare.close()
  })
})
