/** Recording beside the traffic: samples of whole traces, a queue with an end, a disk that fails. */
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyedStream, keyOf, type RewardSettings } from '../../../src/core/index.ts'
import { type ExperienceRecord, readDataset } from '../../../src/experience/index.ts'
import { policyFactory, ServiceRouter } from '../../../src/routing/index.ts'
import { Recorder, type RecorderOptions, type RecorderToken } from '../../../src/worlds/balancer/recorder.ts'

const reward: RewardSettings = {
  targetLatencyMs: 100,
  weights: { latency: 1, error: 2, throughput: 0.5, balance: 0.25, satisfaction: 1 },
}
const INSTANCES = ['cart-1', 'cart-2']

let directory: string
let messages: string[]
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'recorder-'))
  messages = []
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const optionsFor = (options: Partial<RecorderOptions> = {}): RecorderOptions => ({
  directory,
  run: 'test',
  source: { name: 'balancer.yaml', hash: 'abc' },
  seed: 1,
  services: [{ name: 'cart', instances: INSTANCES }],
  routes: ['all'],
  reward,
  repeats: true,
  sample: 1,
  queueBytes: 1 << 20,
  onMessage: (text) => messages.push(text),
  ...options,
})

const traceOf = (i: number): string => keyOf(`trace ${i}`).toString(16).padStart(32, '0')
const newRouter = (): ServiceRouter =>
  new ServiceRouter({
    service: 'cart',
    instances: INSTANCES,
    policy: policyFactory('random')('cart'),
    random: keyedStream(3),
  })

/** Requests one after the other, three under way at any time; every trace comes twice. */
function serve(recorder: Recorder, router: ServiceRouter, requests: number, fromMs = 0): void {
  const open: { token: RecorderToken; instance: number; startMs: number }[] = []
  const answer = (nowMs: number): void => {
    const { token, instance, startMs } = open.shift()!
    const latencyMs = nowMs - startMs
    router.onAnswer(instance, nowMs, latencyMs, false)
    const unknown = { queueMs: Number.NaN, workMs: Number.NaN }
    recorder.onOutcome(token, { status: 200, latencyMs, ...unknown, failure: null, failed: false }, nowMs)
  }
  for (let i = 0; i < requests; i++) {
    const nowMs = fromMs + i * 10
    const instance = router.decide(nowMs, 0)
    const origin = { trace: traceOf(i >> 1), hop: 0, attempt: i % 2, phase: -1, profile: -1 }
    const { observation, propensities, policy } = router
    const token = recorder.onDecision(0, observation, instance, propensities, 0, origin, policy)
    router.onStart(instance, nowMs)
    open.push({ token, instance, startMs: nowMs })
    if (open.length === 3) answer(nowMs + 5)
  }
  while (open.length > 0) answer(fromMs + requests * 10)
}

async function end(recorder: Recorder, router: ServiceRouter, nowMs: number): Promise<void> {
  recorder.close(nowMs, () => router.closingState(nowMs))
  await recorder.finish()
}

const linesOf = (folder: string): string[] =>
  readFileSync(join(folder, 'experiences.jsonl'), 'utf8').trimEnd().split('\n')

async function recordedWith(sample: number): Promise<{ lines: string[]; recorder: Recorder }> {
  const folder = join(directory, String(sample))
  const recorder = await Recorder.create(optionsFor({ directory: folder, sample }))
  const router = newRouter()
  serve(recorder, router, 400)
  await end(recorder, router, 5000)
  return { lines: linesOf(folder), recorder }
}

describe('a sample', () => {
  it('is lines of the whole, byte for byte, and of a trace all or nothing', async () => {
    const whole = await recordedWith(1)
    const sample = await recordedWith(0.25)
    expect(whole.lines).toHaveLength(400)
    // The last of all is marked as truncated only where it is recorded; all others must be there as they are.
    expect(sample.lines.filter((line) => !whole.lines.includes(line))).toEqual([])
    const traces = sample.lines.map((line) => (JSON.parse(line) as ExperienceRecord).trace)
    const times = new Map<string, number>()
    for (const trace of traces) times.set(trace, (times.get(trace) ?? 0) + 1)
    expect(new Set(times.values())).toEqual(new Set([2]))
    // 200 traces, binomial: 25 % give or take five standard deviations.
    expect(times.size).toBeGreaterThan(50 - 31)
    expect(times.size).toBeLessThan(50 + 31)
    expect(sample.recorder.status).toMatchObject({
      recorded: sample.lines.length,
      unsampled: 400 - sample.lines.length,
      dropped: 0,
    })
  })

  it('of a smaller share is part of that of a larger', async () => {
    const [small, large] = [await recordedWith(0.2), await recordedWith(0.6)]
    expect(small.lines.filter((line) => !large.lines.includes(line))).toEqual([])
  })

  it('of 0 is nothing', async () => {
    const folder = join(directory, 'none')
    const recorder = await Recorder.create(optionsFor({ directory: folder, sample: 0 }))
    const router = newRouter()
    serve(recorder, router, 20)
    await end(recorder, router, 500)
    expect(readFileSync(join(folder, 'experiences.jsonl'), 'utf8')).toBe('')
    expect(recorder.status).toMatchObject({ recorded: 0, unsampled: 20 })
  })
})

describe('the data set', () => {
  it('can be read by whoever reads those of runs', async () => {
    const recorder = await Recorder.create(optionsFor())
    const router = newRouter()
    serve(recorder, router, 10)
    await end(recorder, router, 500)
    const dataset = readDataset(directory)
    expect(dataset).toMatchObject({ world: 'live', observedBy: 'balancer', services: { cart: INSTANCES } })
    expect(linesOf(directory)).toHaveLength(10)
  })

  it('lists an instance from when it is added; records before it have fewer rows', async () => {
    const recorder = await Recorder.create(optionsFor())
    const router = newRouter()
    serve(recorder, router, 10)
    router.addInstance('cart-3')
    recorder.addInstance(0, 'cart-3')
    serve(recorder, router, 60, 1000)
    expect(readDataset(directory).services.cart).toEqual(['cart-1', 'cart-2', 'cart-3'])
    await end(recorder, router, 5000)
    const records = linesOf(directory).map((line) => JSON.parse(line) as ExperienceRecord)
    expect(new Set(records.map(({ propensity }) => propensity!.length))).toEqual(new Set([2, 3]))
    expect(records.map(({ action }) => action!.instance)).toContain('cart-3')
  })

  it('goes where nothing can be written: refused at the start', async () => {
    await expect(Recorder.create(optionsFor({ directory: '/dev/null/here' }))).rejects.toThrow(
      /^\/dev\/null\/here: cannot record there .*: choose another directory$/,
    )
  })
})

describe('a disk that does not keep up', () => {
  /** A pipe that nobody reads from is a disk that never ends a write. */
  it('drops decisions, counts them, never blocks, and records again when it is through', async () => {
    const pipe = join(directory, 'experiences.jsonl')
    execFileSync('/usr/bin/env', ['mkfifo', pipe])
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    const recorder = await Recorder.create(optionsFor({ queueBytes: 512 * 1024 }))
    const router = newRouter()
    serve(recorder, router, 4000)
    const { dropped, queuedBytes } = recorder.status
    expect(dropped).toBeGreaterThan(1000)
    expect(queuedBytes).toBeLessThan(1024 * 1024)
    expect(recorder.status.recorded + dropped).toBe(4000)

    const read: Buffer[] = []
    while (recorder.status.queuedBytes > 0) await drain(reader, read)
    serve(recorder, router, 100, 100_000)
    expect(recorder.status.dropped).toBe(dropped)
    const ended = end(recorder, router, 200_000)
    let isOver = false
    void ended.then(() => (isOver = true))
    while (!isOver) await drain(reader, read)
    await drain(reader, read)
    closeSync(reader)
    const records = Buffer.concat(read).toString().trimEnd().split('\n')
    expect(records.map((line) => (JSON.parse(line) as ExperienceRecord).v)).toHaveLength(
      recorder.status.recorded,
    )
    expect(recorder.status.stopped).toBeNull()
    expect(messages).toEqual([])
  })

  const noFullDisk = !existsSync('/dev/full')
  if (noFullDisk) console.warn('no /dev/full here: how a full disk ends a recording is not tested')
  it.skipIf(noFullDisk)('or is full: one message, and what is lost is counted', async () => {
    symlinkSync('/dev/full', join(directory, 'experiences.jsonl'))
    const recorder = await Recorder.create(optionsFor())
    const router = newRouter()
    serve(recorder, router, 200)
    while (recorder.status.stopped === null) await delay(10)
    serve(recorder, router, 50, 10_000)
    const { recorded, dropped } = recorder.status
    // The last before it stopped was waiting for its next, and is lost as well.
    expect([recorded, dropped]).toEqual([199, 51])
    await end(recorder, router, 20_000)
    expect(messages).toHaveLength(1)
    expect(messages[0]).toMatch(/^recording has ended: .*ENOSPC.*; requests are served on$/)
  })
})

async function drain(reader: number, into: Buffer[]): Promise<void> {
  const buffer = Buffer.alloc(64 * 1024)
  for (;;) {
    const bytes = readSome(reader, buffer)
    if (bytes === 0) break
    into.push(Buffer.from(buffer.subarray(0, bytes)))
  }
  await delay(1)
}

/** 0 if there is nothing just now. */
function readSome(reader: number, buffer: Buffer): number {
  try {
    return readSync(reader, buffer)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0
    throw error
  }
}
