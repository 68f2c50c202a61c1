import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FailureKind, mixKeys, WorldError } from '../../src/core/index.ts'
import { RequestLog, type RequestRecord } from '../../src/study/index.ts'
import type { FinishedRequest } from '../../src/worlds/index.ts'
import { TracedOrigin, traceId } from '../../src/worlds/trace-id.ts'
import { folderOf } from '../scenario/scenario-files.ts'
import { phaseOf, smallScenario } from '../shop/small-scenario.ts'
import { finishedRequest, TRACE } from './finished-request.ts'

const PHASES = ['warm-up', 'the "peak"\n', 'späte Stunde 🌙']
const SCENARIO = { ...smallScenario, phases: PHASES.map((name) => phaseOf({ name })) }

const newFile = (): string => path.join(folderOf({ 'made.txt': '' }), 'requests.jsonl')

/** Writes the requests and returns the text of the file. */
async function textOf(requests: readonly FinishedRequest[]): Promise<string> {
  const name = newFile()
  const log = new RequestLog(name, SCENARIO)
  for (const request of requests) expect(log.add(request)).toBe(true)
  await log.close()
  return readFileSync(name, 'utf8')
}

function linesOf(text: string): RequestRecord[] {
  expect(text.endsWith('\n') || text === '').toBe(true)
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

it('writes a line per request, as the client saw it', async () => {
  const text = await textOf([
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
  expect(text).toBe(
    `{"v":1,"trace":"${TRACE}","session":17,"phase":"the \\"peak\\"\\n","profile":"quick-browser",` +
      '"action":"product","service":"inventory-service","intendedMs":1000.25,"startMs":1200.5,"latencyMs":300.5,' +
      '"attempts":3,"status":200,"failure":null,"mistake":null,"expected":true}\n',
  )
})

it('says of a request that never had a connection that it was about to be sent until the end', async () => {
  const [line] = linesOf(await textOf([finishedRequest({ startMs: Number.NaN, endMs: 3000 })]))
  expect(line).toMatchObject({ intendedMs: 1000, startMs: 3000, latencyMs: 2000 })
})

it('tells the length of the body, the tags and the details of a failure where they are known', async () => {
  const tags = Object.freeze({ page: 'cart', "o'clock": '"7"' })
  const refused = { status: 0, failure: 'connect', failureDetail: 'ECONNREFUSED' } as const
  const text = await textOf([
    finishedRequest({ bytes: 512, tags }),
    finishedRequest({ reply: refused, failure: 'connect', expected: false }),
    finishedRequest({ bytes: 0, failure: 'body', expected: false }),
    finishedRequest({ failure: '503', reply: { status: 503 }, expected: false, tags }),
  ])
  const [good, ...bad] = linesOf(text)
  expect(good).toMatchObject({ bytes: 512, tags, failure: null })
  expect(good).not.toHaveProperty('detail')
  expect(bad[0]).toMatchObject({ status: 0, failure: 'connect', detail: 'ECONNREFUSED' })
  expect(bad[0]).not.toHaveProperty('bytes')
  expect(bad[0]).not.toHaveProperty('tags')
  expect(bad[1]).toMatchObject({ status: 200, failure: 'body', bytes: 0, expected: false })
  expect(bad[2]).toMatchObject({ status: 503, failure: null, tags })
})

it('makes the trace of a request of our own from its key', async () => {
  const keys = [0, 1, 4_294_967_295, mixKeys(7, 7)]
  const requests = keys.map((key) => ({ ...finishedRequest(), origin: new TracedOrigin(key, 0, 0, 0) }))
  expect(linesOf(await textOf(requests)).map(({ trace }) => trace)).toEqual(keys.map(traceId))
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
  const cases = fc.sample(anyRequest, 1_000)
  const requests = cases.map(({ waitMs, latencyMs, status, failure, ...rest }) =>
    finishedRequest({
      ...rest,
      startMs: rest.intendedMs + waitMs,
      endMs: rest.intendedMs + latencyMs,
      reply: failure === null ? { status } : { status: 0, failure },
    }),
  )
  const lines = linesOf(await textOf(requests))
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

it('has whole lines on the disk soon after each flush, once a run is more than a second old', async () => {
  const name = newFile()
  const log = new RequestLog(name, SCENARIO)
  log.add(finishedRequest())
  while (log.backlogBytes === 0) log.flush()
  for (const lines of [1, 2, 3]) {
    while (linesOf(readFileSync(name, 'utf8')).length < lines) await later(5)
    log.add(finishedRequest())
    log.flush()
  }
  await log.close()
  expect(linesOf(readFileSync(name, 'utf8'))).toHaveLength(4)
})

it('writes the same lines with and without a thread', async () => {
  const requests = fc.sample(anyRequest, 50).map(({ waitMs, latencyMs, status, failure, ...rest }) => {
    const times = { startMs: rest.intendedMs + waitMs, endMs: rest.intendedMs + latencyMs }
    return finishedRequest({
      ...rest,
      ...times,
      reply: failure === null ? { status } : { status: 0, failure },
    })
  })
  const name = newFile()
  const log = new RequestLog(name, SCENARIO)
  for (const request of requests) {
    log.add(request)
    log.flush()
  }
  expect(log.backlogBytes).toBeGreaterThan(0)
  await log.close()
  expect(readFileSync(name, 'utf8')).toBe(await textOf(requests))
})

describe('a disk that cannot keep up', () => {
  it('costs lines, each of them counted, and never more memory than was granted', async () => {
    const name = newFile()
    const most = 1024 * 1024
    const log = new RequestLog(name, SCENARIO, most)
    let leftOut = 0
    let worst = 0
    // Without a turn of the event loop the thread's answers are not heard: as if the disk stood still.
    for (let session = 0; session < 20_000; session++) {
      if (!log.add(finishedRequest({ session }))) leftOut++
      worst = Math.max(worst, log.backlogBytes)
    }
    expect(worst).toBeLessThanOrEqual(most + 64 * 1024)
    expect(leftOut).toBeGreaterThan(1_000)
    await log.drained()
    await log.close()
    const lines = linesOf(readFileSync(name, 'utf8'))
    expect(lines).toHaveLength(20_000 - leftOut)
    // Those that were taken are there in their order.
    expect(lines.map(({ session }) => session)).toEqual(lines.map((_, i) => i))
  })

  it('is refused before anything is sent if the file cannot be made', () => {
    const make = (): RequestLog => new RequestLog(path.join(newFile(), 'no', 'folder.jsonl'), SCENARIO)
    expect(make).toThrow(WorldError)
    expect(make).toThrow(/folder\.jsonl: cannot be written \(.+\): choose another folder/)
  })

  it.skipIf(!existsSync('/dev/full'))(
    'is told of at the end if it is full; what follows goes nowhere',
    async () => {
      const log = new RequestLog('/dev/full', SCENARIO)
      log.add(finishedRequest())
      while (log.backlogBytes === 0) log.flush()
      while (log.error === undefined) await later(5)
      expect(log.error.message).toMatch(
        /^\/dev\/full: writing failed \(ENOSPC.*the lines written so far are kept$/,
      )
      for (let i = 0; i < 1_000; i++) log.add(finishedRequest())
      await log.drained()
      await expect(log.close()).rejects.toBe(log.error)
    },
  )
})

it('loses at most the end of the last line when it is killed', async () => {
  const name = newFile()
  const writer = fileURLToPath(new URL('endless-requests.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', writer, name], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  while (child.exitCode === null && (statSync(name, { throwIfNoEntry: false })?.size ?? 0) < 2_000_000)
    await later(5)
  child.kill('SIGKILL')
  if (child.signalCode === null) await once(child, 'exit')
  const text = readFileSync(name, 'utf8')
  const whole = linesOf(text.slice(0, text.lastIndexOf('\n') + 1))
  expect(whole.length).toBeGreaterThan(5_000)
  for (const [i, { session }] of whole.entries()) if (session !== i) expect(session).toBe(i)
})
