/**
 * What the request log takes of the thread that sends the requests, per request: rows of numbers, handed over in
 * batches, beside a line of JSON made at once and written in chunks as large.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JsonlFile } from '../src/experience/index.ts'
import { RequestLog, type RequestRecord } from '../src/study/index.ts'
import type { FinishedRequest } from '../src/worlds/index.ts'
import { TracedOrigin } from '../src/worlds/trace-id.ts'
import type { BenchRow } from './bench-row.ts'
import { mediansInTurns } from './in-turns.ts'

const REQUESTS = 200_000
/** As many as 100 ms have at 20,000/s; then the event loop has its turn, which is not counted. */
const IN_A_ROW = 2_000
const ACTIONS = ['home', 'search', 'product', 'cartAdd', 'cart', 'order']
const SERVICES = ['inventory-service', 'cart-service', 'order-service']

interface Log {
  add(request: FinishedRequest): void
  flush(): void
  drained(): Promise<void>
  close(): Promise<void>
}

export async function run(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'loadgen-bench-'))
  try {
    const [binary, json] = (await mediansInTurns([
      () => microseconds(new RequestLog(join(folder, 'binary.jsonl'), { phases: [{ name: 'peak' }] })),
      async () => microseconds(new PlainLog(await JsonlFile.create(join(folder, 'plain.jsonl')))),
    ])) as [number, number]
    return [
      {
        name: 'request log, binary',
        value: binary,
        unit: 'microseconds/request',
        baseline: { name: 'JSON.stringify and the same batches', value: json },
        ratio: binary / json,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Of this thread, while it takes requests: the median of all rows, since others may have the core in between. */
async function microseconds(log: Log): Promise<number> {
  const request = newRequest()
  const taken: number[] = []
  for (let done = 0; done < REQUESTS; done += IN_A_ROW) {
    const startMs = performance.now()
    for (let i = 0; i < IN_A_ROW; i++) {
      set(request, done + i)
      log.add(request)
    }
    log.flush()
    taken.push(((performance.now() - startMs) * 1000) / IN_A_ROW)
    await log.drained()
  }
  await log.close()
  return taken.sort((a, b) => a - b)[taken.length >> 1]!
}

/** As a world tells it: one object, filled anew for each. */
function newRequest(): FinishedRequest {
  const origin = new TracedOrigin(0, 0, 0, 0)
  const names = { profile: 'browser', action: '', service: '', failure: null, mistake: null, tags: undefined }
  const times = { intendedMs: 0, readyMs: 0, startMs: 0, endMs: 0, boundMs: Number.NaN }
  return {
    origin,
    ...names,
    ...times,
    session: 0,
    attempts: 1,
    retries: 0,
    reply: { status: 200 },
    expected: true,
    bytes: 512,
  }
}

function set(request: FinishedRequest, number: number): void {
  request.origin = new TracedOrigin(number, 0, 0, 0)
  request.session = number >> 3
  request.action = ACTIONS[number % ACTIONS.length]!
  request.service = SERVICES[number % SERVICES.length]!
  request.intendedMs = number * 0.25
  request.startMs = request.intendedMs + 0.125
  request.endMs = request.intendedMs + 12.375
}

class PlainLog implements Log {
  readonly #file: JsonlFile
  readonly #encoder = new TextEncoder()

  constructor(file: JsonlFile) {
    this.#file = file
  }

  add(request: FinishedRequest): void {
    const { origin, session, profile, action, service, intendedMs, startMs, endMs, reply } = request
    const record: RequestRecord = {
      v: 1,
      trace: origin.trace,
      session,
      phase: 'peak',
      profile,
      action,
      service,
      intendedMs,
      startMs,
      latencyMs: endMs - intendedMs,
      attempts: request.attempts,
      status: reply.status,
      failure: reply.failure ?? null,
      mistake: request.mistake,
      expected: request.expected,
      bytes: request.bytes,
    }
    const bytes = this.#encoder.encode(`${JSON.stringify(record)}\n`)
    this.#file.writeLine(bytes, bytes.length)
  }

  flush(): void {
    this.#file.flush()
  }

  drained(): Promise<void> {
    return this.#file.drained()
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}
