/** `loadgen run` on real sockets, to its end and cut short: whatever happens, what was recorded is there and whole. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { isAlive, LoadgenProcess, until } from './loadgen-process.ts'
import { folderOf, liveScenario, RUN_FILES, RunFiles } from './run-files.ts'

interface Started {
  readonly run: LoadgenProcess
  readonly out: string
}

function start(seconds: number): Started {
  const cwd = folderOf({ 'live.yaml': liveScenario(seconds) })
  const args = ['run', '--config', 'live.yaml', '--no-evaluate', '--out', 'runs']
  return { run: new LoadgenProcess(args, { cwd }), out: path.join(cwd, 'runs') }
}

/** Waits until some requests have been answered, and returns the process id of the embedded target. */
async function inTheMiddle({ run, out }: Started): Promise<number> {
  await until(() => requestsIn(out) > 10, `requests of ${run}`)
  return Number(execFileSync('pgrep', ['-P', String(run.pid)], { encoding: 'utf8' }))
}

function requestsIn(out: string): number {
  const [name] = existsSync(out) ? readdirSync(out) : []
  const file = path.join(out, name ?? '', 'requests.jsonl')
  return name !== undefined && existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0
}

function expectWhole(files: RunFiles): void {
  const { summary, experiences, requests } = files
  expect(requests).toHaveLength(summary.requests)
  expect(experiences).toHaveLength(summary.experience.recorded)
  expect(summary.experience.recorded).toBe(summary.experience.decisions)
  expect(files.text('report.html')).toMatch(/<\/html>\s*$/)
}

describe.concurrent('a live run', () => {
  it('records what it did on real sockets, sub-calls included', async () => {
    const { run, out } = start(4)
    const { code, stdout } = await run.finished
    expect(code).toBe(0)
    expect(stdout).toContain('live world, embedded balancer')
    const files = new RunFiles(out)
    expect(files.list()).toEqual([...RUN_FILES, 'model'].sort())
    expectWhole(files)
    const { summary, experiences, requests, dataset } = files
    expect(summary).toMatchObject({ world: 'live', errorRate: 0, interrupted: false })
    const traces = new Set(requests.map(({ trace }) => trace))
    const hops = experiences.map(({ hop }) => hop)
    expect(hops.filter((hop) => hop === 0)).toHaveLength(requests.length)
    expect(new Set(hops)).toEqual(new Set([0, 1]))
    for (const { trace, phase, profile, service, action } of experiences) {
      expect(traces).toContain(trace)
      expect(['first', 'second']).toContain(phase)
      expect(['bulk-buyer', 'flash-sale-shopper']).toContain(profile)
      expect(dataset.services[service]).toContain(action!.instance)
    }
    const called = new Set(experiences.filter(({ hop }) => hop === 1).map(({ service }) => service))
    expect(called, 'a cart looks products up, an order pays').toContain('inventory-service')
    expect(called).toContain('payment-service')
    const answered = experiences.filter(({ outcome }) => outcome?.status === 200)
    expect(answered.length).toBeGreaterThan(20)
    for (const { outcome } of answered) expect(outcome!.latencyMs).toBeGreaterThan(outcome!.workMs!)
  })

  it('keeps everything on Ctrl-C, and takes the target with it', async () => {
    const started = start(60)
    const target = await inTheMiddle(started)
    started.run.kill('SIGINT')
    const { code, stderr, stdout } = await started.run.finished
    expect(code).toBe(130)
    expect(stderr).toContain('stopping: what has been recorded is kept')
    expect(stdout).toContain('interrupted')
    const files = new RunFiles(started.out)
    expect(files.list()).toEqual(RUN_FILES)
    expectWhole(files)
    expect(files.summary).toMatchObject({ interrupted: true, training: null })
    expect(files.experiences.some(({ truncated }) => truncated)).toBe(true)
    await until(() => !isAlive(target), 'the target to be gone')
  })

  it('ends at once on the second Ctrl-C, even with a target that does not answer', async ({
    onTestFinished,
  }) => {
    const started = start(60)
    const target = await inTheMiddle(started)
    onTestFinished(() => {
      if (isAlive(target)) process.kill(target, 'SIGKILL')
    })
    process.kill(target, 'SIGSTOP')
    started.run.kill('SIGINT')
    await started.run.says(/stopping/)
    started.run.kill('SIGINT')
    await until(() => !isAlive(started.run.pid), `the end of ${started.run}`)
    expect(requestsIn(started.out)).toBeGreaterThan(10)
    process.kill(target, 'SIGCONT')
    expect(await started.run.finished).toMatchObject({ code: 130, signal: null })
    await until(() => !isAlive(target), 'the target to be gone')
  })

  it('keeps what it has when the target is killed', async () => {
    const started = start(60)
    process.kill(await inTheMiddle(started), 'SIGKILL')
    const { code, stderr } = await started.run.finished
    expect(code).toBe(6)
    expect(stderr).toContain('the target process ended in mid-run (SIGKILL)')
    expect(stderr).not.toMatch(/^ +at /m)
    const files = new RunFiles(started.out)
    expect(files.requests.length).toBeGreaterThan(10)
    expect(files.text('run.log')).toContain('the target process ended in mid-run')
  })

  it('leaves no target behind when it is killed itself', async () => {
    const started = start(60)
    const target = await inTheMiddle(started)
    started.run.kill('SIGKILL')
    expect(await started.run.finished).toMatchObject({ code: null, signal: 'SIGKILL' })
    await until(() => !isAlive(target), 'the target to be gone')
  })
})
