/** Thresholds decide the exit code: a run that missed one is whole, and says so. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadgen } from './loadgen-process.ts'
import { folderOf, liveScenario, RUN_FILES, RunFiles, VIRTUAL } from './run-files.ts'

describe.concurrent('thresholds', () => {
  it('that are missed end the run with 99 and a whole report', async () => {
    const cwd = folderOf({ 'strict.yaml': `${VIRTUAL}thresholds: { p95LatencyMs: < 1, errorRate: < 0.5 }\n` })
    const { code, stdout } = await loadgen(['run', '--config', 'strict.yaml', '--no-train', '--out', 'o'], {
      cwd,
    })
    expect(code).toBe(99)
    const files = new RunFiles(`${cwd}/o`)
    expect(files.list()).toEqual(RUN_FILES)
    expect(files.text('report.html')).toContain('p95LatencyMs')
    expect(files.summary.thresholds).toEqual([
      { metric: 'p95LatencyMs', condition: '< 1', value: expect.any(Number), passed: false },
      { metric: 'errorRate', condition: '< 0.5', value: 0, passed: true },
    ])
    expect(stdout).toMatch(/✗ +p95LatencyMs/)
  })

  it('see through a target that answers 503 to everything, even where the scenario has none', async () => {
    const port = await serve503()
    const cwd = folderOf({ 'live.yaml': liveScenario(1) })
    const target = `http://127.0.0.1:${port}/proxy`
    const args = ['run', '--config', 'live.yaml', '--target', target, '--no-train', '--out', 'o']
    const { code, stdout } = await loadgen(args, { cwd })
    expect(code).toBe(99)
    const { summary } = new RunFiles(`${cwd}/o`)
    expect(summary.requests).toBeGreaterThan(5)
    expect(summary).toMatchObject({ errorRate: 1, failures: { 503: summary.requests }, target })
    expect(stdout).toMatch(/failed +100\.00%/)
  })

  it('on the tags of a script stop it with 99 as soon as they are missed, where they say so', async () => {
    const port = await serve503()
    const cwd = folderOf({ 'flow.yaml': FLOW })
    const target = `http://127.0.0.1:${port}`
    const args = ['run', '--mode', 'custom', '--config', 'flow.yaml', '--target', target, '--out', 'o']
    const { code, stdout } = await loadgen(args, { cwd })
    expect(code).toBe(99)
    const { summary } = new RunFiles(`${cwd}/o`)
    expect(summary.abortedBy).toMatchObject({ metric: 'errorRate{kind:read}', value: 1 })
    expect(summary.durationMs).toBeLessThan(30_000)
    expect(stdout).toContain('stopped: errorRate{kind:read} < 0.1 did not hold')
    expect(stdout).toMatch(/✗ +errorRate\{kind:read\} < 0\.1 +100\.00%/)
    expect(stdout).toMatch(/kind +read +[\d,]+ +100\.00%/)
  })
})

/** Half an hour, if nobody stopped it. */
const FLOW = `
name: doomed
description: Asks a server that is out of order
world: live
phases:
  - { name: all, durationMinutes: 30, executor: { kind: constant-arrival-rate, sessionsPerSecond: 50 }, behaviors: { ask: 1 } }
behaviors:
  ask: { description: One request, requests: [{ name: ask, get: /items, tags: { kind: read } }] }
thresholds:
  "errorRate{kind:read}": { limit: < 0.1, abortOnFail: true, abortAfterSeconds: 0.5 }
`

async function serve503(): Promise<number> {
  const server = createServer((request, response) => {
    request.resume()
    response.writeHead(503).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}
