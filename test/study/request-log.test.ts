import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { FailureKind } from '../../src/core/index.ts'
import { JsonlFile } from '../../src/experience/index.ts'
import { RequestLog, type RequestRecord } from '../../src/study/index.ts'
import type { FinishedRequest } from '../../src/worlds/index.ts'
import { folderOf } from '../scenario/scenario-files.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'
import { finishedRequest, TRACE } from './finished-request.ts'

const PHASES = ['warm-up', 'the "peak"\n', 'späte Stunde 🌙']
const SCENARIO = { ...smallScenario, phases: PHASES.map((name) => phaseOf({ name })) }

/** Writes the requests and reads their lines back. */
async function logged(requests: readonly FinishedRequest[]): Promise<RequestRecord[]> {
  const name = path.join(folderOf({ 'made.txt': '' }), 'requests.jsonl')
  const file = await JsonlFile.create(name)
  const log = new RequestLog(file, SCENARIO)
  for (const request of requests) log.add(request)
  await file.close()
  const text = readFileSync(name, 'utf8')
  expect(text.endsWith('\n') || requests.length === 0).toBe(true)
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

it('writes a line per request, as the client saw it', async () => {
  const [line] = await logged([
    finishedRequest({
      phase: 1,
      session: 17,
      attempts: 3,
      retries: 2,
      intendedMs: 1000.25,
      startMs: 1200.5,
      endMs: 1300.7504,
    }),
  ])
  expect(line).toEqual({
    v: 1,
    trace: TRACE,
    session: 17,
    phase: 'the "peak"\n',
    profile: 'quick-browser',
    action: 'product',
    service: 'inventory-service',
    intendedMs: 1000.25,
    startMs: 1200.5,
    latencyMs: 300.5,
    attempts: 3,
    status: 200,
    failure: null,
    mistake: null,
    expected: true,
  })
})

const anyRequest = fc.record({
  phase: fc.nat(PHASES.length - 1),
  session: fc.nat(1e9),
  profile: fc.constantFrom('quick-browser', 'Käufer "7"', '\u2028'),
  action: fc.constantFrom('search', 'cartAdd'),
  intendedMs: fc.double({ min: 0, max: 1e10, noNaN: true }),
  waitMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
  latencyMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
  status: fc.constantFrom(200, 201, 204, 404, 503),
  failure: fc.option(fc.constantFrom<FailureKind>('timeout', 'reset', 'connect', 'framing', 'aborted')),
  mistake: fc.option(fc.constantFrom('unknownSku', 'emptyCartOrder')),
  expected: fc.boolean(),
})

it('loses nothing but digits below a microsecond', async () => {
  const cases = fc.sample(anyRequest, 500)
  const requests = cases.map(({ waitMs, latencyMs, status, failure, ...rest }) =>
    finishedRequest({
      ...rest,
      startMs: rest.intendedMs + waitMs,
      endMs: rest.intendedMs + latencyMs,
      reply: failure === null ? { status } : { status: 0, failure },
    }),
  )
  const lines = await logged(requests)
  expect(lines).toHaveLength(requests.length)
  for (const [i, line] of lines.entries()) {
    const { origin, session, profile, action, service, mistake, expected, reply, ...times } = requests[i]!
    const phase = PHASES[origin.phase]!
    expect(line).toMatchObject({ phase, session, profile, action, service, trace: TRACE, mistake, expected })
    expect(line).toMatchObject({ status: reply.status, failure: reply.failure ?? null })
    expect(Math.abs(line.intendedMs - times.intendedMs)).toBeLessThan(0.000501)
    expect(Math.abs(line.startMs - times.startMs)).toBeLessThan(0.000501)
    expect(Math.abs(line.latencyMs - (times.endMs - times.intendedMs))).toBeLessThan(0.000501)
  }
})
