/** Distributed runs with a real Redis: workers here and in processes of their own, one of which dies in mid-run. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXIT_INTERRUPTED, WorldError } from '../../../src/core/index.ts'
import type { Scenario } from '../../../src/scenario/index.ts'
import {
  type FinishedRun,
  type RunScenarioOptions,
  runDistributed,
  runScenario,
  SILENT_RUN,
  serveSegments,
} from '../../../src/study/index.ts'
import { mergeRuns } from '../../../src/study/merge-runs/merge-runs.ts'
import { runDirectory } from '../../../src/study/run-directory.ts'
import { LoadgenProcess, until } from '../../e2e/loadgen-process.ts'
import { folderOf } from '../../scenario/scenario-files.ts'
import { phaseOf, smallScenario } from '../../shop/small-scenario.ts'
import { stubTarget } from '../stub-target.ts'
import { RedisServer, redisIsThere } from './redis-server.ts'

/** Long enough that there is a middle in which something can happen. */
const VIRTUAL: Scenario = {
  ...smallScenario,
  name: 'shared-out',
  world: 'virtual',
  accounts: 300,
  maxConcurrentUsers: 300,
  phases: [phaseOf({ users: 30, rampUpMs: 60_000, pace: 1, durationMs: 3_600_000 })],
}

const LIVE: Scenario = {
  ...smallScenario,
  name: 'together',
  world: 'live',
  accounts: 20,
  phases: [phaseOf({ users: 6, rampUpMs: 0, pace: 50, durationMs: 1_000 })],
}

function optionsOf(scenario: Scenario, others: Partial<RunScenarioOptions> = {}): RunScenarioOptions {
  return {
    loaded: { scenario, warnings: [], source: { file: 'tiny.yaml', dialect: 'native' } },
    out: folderOf({ 'keep.txt': '' }),
    train: false,
    evaluate: false,
    jobs: 1,
    signal: new AbortController().signal,
    events: SILENT_RUN,
    ...others,
  }
}

/** The whole run, by one process alone. */
let whole: Promise<FinishedRun> | undefined
const alone = (): Promise<FinishedRun> => (whole ??= runScenario(optionsOf(VIRTUAL)))

interface TestWorker {
  readonly said: string[]
  stop(): Promise<void>
}

const workers: TestWorker[] = []

function startWorker(redis: string, concurrency = 1, deadAfterMs = 2_000): TestWorker {
  const said: string[] = []
  const end = new AbortController()
  const out = folderOf({ 'keep.txt': '' })
  const note = (text: string): void => void said.push(text)
  const running = serveSegments({ redis, concurrency, out, deadAfterMs, note, signal: end.signal })
  const worker = {
    said,
    stop: () => {
      end.abort()
      return running
    },
  }
  workers.push(worker)
  return worker
}

/** Folders in the place of the segments, whole and partial. */
function segmentsIn(directory: string): string[] {
  const folder = join(directory, 'segments')
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.includes('-of-')) : []
}

/** Generators that this process has started. */
function generators(): number[] {
  const ids = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'worker --channel'], {
    encoding: 'utf8',
  })
  return ids.trim().split('\n').map(Number)
}

/** All that there is to see of a run, without when and where it was. */
function contentOf({ directory }: FinishedRun) {
  const {
    startedAt: _,
    wallMs: __,
    warnings: ___,
    ...kept
  } = JSON.parse(readFileSync(directory.statistics, 'utf8'))
  const sorted = (file: string): string[] => readFileSync(file, 'utf8').split('\n').sort()
  return { kept, requests: sorted(directory.requests), experiences: sorted(directory.experiences) }
}

describe.skipIf(!redisIsThere)('distributed runs', () => {
  let redis: RedisServer
  let here: TestWorker
  beforeAll(async () => {
    redis = await RedisServer.start()
    here = startWorker(redis.url, 2)
  })
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.stop()))
    await redis?.kill()
  })

  it('are what one process alone would have made, though a worker is killed in mid-run', async () => {
    const victim = new LoadgenProcess(['worker', '--redis', redis.url, '--dead-after', '2'], {
      cwd: folderOf({ 'keep.txt': '' }),
    })
    await victim.says(/worker ready/)
    let path = ''
    const events = { ...SILENT_RUN, onStart: (directory: { path: string }) => void (path = directory.path) }
    const notes: string[] = []
    const running = runDistributed({
      ...optionsOf(VIRTUAL, { events }),
      redis: redis.url,
      segments: 3,
      note: (text) => void notes.push(text),
    })
    const [, number] = await victim.says(/segment (\d) of 3 of shared-out: taken/)
    await until(() => segmentsIn(path).includes(`${number}-of-3.partial-1`), 'the victim to be at it')
    victim.kill('SIGKILL')
    const distributed = await running
    expect(here.said.join('\n')).toContain(`segment ${number} of 3 of shared-out: taken over, and done again`)
    expect(distributed.summary.warnings.join('\n')).toContain(`segment ${number} of 3 was done again`)
    expect(distributed.summary).toMatchObject({ interrupted: false, stopped: null })
    expect(contentOf(distributed)).toEqual(contentOf(await alone()))
    // What the segments were merged from is gone, the half of the victim with it.
    expect(existsSync(join(path, 'segments'))).toBe(false)
  })

  it('begin together where the world is live, by the clock of Redis', async () => {
    const { url } = await stubTarget(() => undefined)
    const notes: string[] = []
    const { summary, directory } = await runDistributed({
      ...optionsOf(LIVE, { target: url }),
      redis: redis.url,
      segments: 2,
      note: (text) => void notes.push(text),
    })
    expect(notes.join('\n')).toContain('all 2 segments are ready')
    expect(summary.requests).toBeGreaterThan(10)
    expect(summary.warnings.filter((text) => text.includes('began'))).toEqual([])
    const { merged } = JSON.parse(readFileSync(directory.manifest, 'utf8'))
    const [first, second] = merged.segments
    expect([first.lateMs, second.lateMs]).toEqual([0, 0])
    // One machine has one clock, as far as asking for it over a socket can tell.
    expect(Math.abs(first.startEpochMs - second.startEpochMs)).toBeLessThan(100)
    expect(Math.abs(first.clockOffsetMs)).toBeLessThan(100)
  })

  it('do a segment again whose process is lost, late, and say so', async () => {
    const { url } = await stubTarget(() => undefined)
    const long = { ...LIVE, phases: [{ ...LIVE.phases[0]!, durationMs: 2_500 }] }
    let requests = 0
    const onProgress: typeof SILENT_RUN.onProgress = (_, { total }) => void (requests = total.requests)
    const running = runDistributed({
      ...optionsOf(long, { events: { ...SILENT_RUN, onProgress }, target: url }),
      redis: redis.url,
      segments: 2,
      note: () => {},
    })
    await until(() => requests > 0, 'the segments to send')
    process.kill(generators()[0]!, 'SIGKILL')
    const { summary } = await running
    expect(summary).toMatchObject({ stopped: null, interrupted: false })
    expect(summary.warnings.join('\n')).toMatch(/segment \d of 2 began \d+\.\d s later than the others/)
    expect(summary.warnings.join('\n')).toMatch(/segment \d of 2 was done again/)
  })

  it('end with what there is when they are cancelled', async () => {
    const end = new AbortController()
    const long = { ...VIRTUAL, phases: [{ ...VIRTUAL.phases[0]!, durationMs: 36_000_000 }] }
    let path = ''
    const events = { ...SILENT_RUN, onStart: (directory: { path: string }) => void (path = directory.path) }
    const running = runDistributed({
      ...optionsOf(long, { events, signal: end.signal }),
      redis: redis.url,
      segments: 2,
      note: () => {},
    })
    await until(() => segmentsIn(path).length === 2, 'both segments to be under way')
    end.abort()
    const { summary } = await running
    expect(summary.interrupted).toBe(true)
    expect(summary.stopped).toContain('interrupted')
    expect(summary.durationMs).toBeLessThan(36_000_000)
    // They can be looked at, and merged with others that are run again.
    expect(segmentsIn(path).sort()).toEqual(['1-of-2', '2-of-2'])
  })

  it('leave nothing behind when they are cancelled before anything has begun', async () => {
    const idle = await RedisServer.start()
    const out = folderOf({ 'keep.txt': '' })
    const cancelled = (segments?: number) => {
      const end = new AbortController()
      setTimeout(() => end.abort(), 100)
      const options = optionsOf(VIRTUAL, { out, signal: end.signal })
      return runDistributed({ ...options, redis: idle.url, note: () => {}, ...(segments && { segments }) })
    }
    await expect(cancelled()).rejects.toMatchObject({ exitCode: EXIT_INTERRUPTED })
    await expect(cancelled(2)).rejects.toMatchObject({ exitCode: EXIT_INTERRUPTED })
    expect(readdirSync(out)).toEqual(['keep.txt'])
    await idle.kill()
  })

  it('leave their segments on the disk when Redis is gone in mid-run, ready to be merged by hand', async () => {
    const mortal = await RedisServer.start()
    const worker = startWorker(mortal.url, 2)
    let path = ''
    const events = { ...SILENT_RUN, onStart: (directory: { path: string }) => void (path = directory.path) }
    const running = runDistributed({
      ...optionsOf(VIRTUAL, { events }),
      redis: mortal.url,
      segments: 2,
      note: () => {},
      patienceMs: 300,
    })
    running.catch(() => {})
    await until(() => segmentsIn(path).length === 2, 'both segments to be under way')
    await mortal.kill()
    await expect(running).rejects.toThrow(WorldError)
    await expect(running).rejects.toThrow(/Redis is gone in mid-run.*"loadgen merge .*\/segments\/\*-of-2"/)
    await until(() => segmentsIn(path).sort().join() === '1-of-2,2-of-2', 'the workers to finish')
    await worker.stop()
    expect(worker.said.join('\n')).toMatch(/no answer from Redis any more.*segment 1 is kept in .*1-of-2/)
    const into = runDirectory(folderOf({ 'keep.txt': '' }))
    const directories = segmentsIn(path).map((name) => join(path, 'segments', name))
    const merged = await mergeRuns({ directories, into, partial: false })
    expect(contentOf(merged)).toEqual(contentOf(await alone()))
  })

  it('say what is wrong: nobody there, nothing there, no Redis', async () => {
    const away = await RedisServer.start()
    await away.kill()
    const options = { ...optionsOf(VIRTUAL), redis: away.url, segments: 2, note: () => {} }
    await expect(runDistributed(options)).rejects.toThrow(
      /no answer from Redis \(connect ECONNREFUSED .*start one with "redis-server"/,
    )
    await expect(runDistributed({ ...options, redis: 'http://127.0.0.1' })).rejects.toThrow(
      /--redis: expected a URL/,
    )
  })
})
