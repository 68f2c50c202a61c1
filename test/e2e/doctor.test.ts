/** `loadgen doctor` from the command line: what it finds, and how it ends. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Diagnosis } from '../../src/study/index.ts'
import { LoadgenProcess, loadgen } from './loadgen-process.ts'
import { folderOf, liveScenario } from './run-files.ts'

const cwd = folderOf({ 'live.yaml': liveScenario(2) })

describe('loadgen doctor', () => {
  let url: string
  beforeAll(async () => {
    const target = new LoadgenProcess(['target', '--config', 'live.yaml'], { cwd })
    url = (await target.says(/^ready at (http:\/\/127\.0\.0\.1:\d+\/proxy)$/m))[1]!
  })

  it('finds our own balancer in good order, and the header that it names instances in', async () => {
    const { code, stdout, stderr } = await loadgen(['doctor', '--target', url, '--config', 'live.yaml'], {
      cwd,
    })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/✓ +login +a token/)
    expect(stdout).toMatch(/✓ +instances +header x-loadgen-instance names 2 instances of inventory-service/)
    expect(stdout).toMatch(/! +state of instances +missing: neither Prometheus nor an admin API/)
    expect(stdout).not.toContain('✗')
    expect(stdout).toContain(`run it with: loadgen run --target ${url} --instance-header x-loadgen-instance`)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('usable as a target')
  })

  it('says it to programs, with the advice in full', async () => {
    const args = ['doctor', '--target', url, '--instance-header', 'X-Nobody', '--json']
    const { code, stdout } = await loadgen(args, { cwd })
    const { usable, checks, advice } = JSON.parse(stdout) as Diagnosis & { advice: object }
    expect([code, usable]).toEqual([0, true])
    expect(checks).toContainEqual({
      name: 'instances',
      status: 'missing',
      detail: 'header x-nobody: in 0 of 20 answers',
      advice: 'instance',
    })
    expect(Object.keys(advice)).toContain('instance')
  })
})

describe('what cannot be examined', () => {
  it.each([
    ['http://127.0.0.1:1', 5, 'not usable: connection'],
    ['127.0.0.1:1', 5, 'expected a URL like http://127.0.0.1:8080/proxy'],
  ])('%s ends with its exit code', async (target, code, message) => {
    const finished = await loadgen(['doctor', '--target', target], { cwd })
    expect(finished.code).toBe(code)
    expect(finished.stderr).toContain(message)
  })

  it('has to be named', async () => {
    const { code, stderr } = await loadgen(['doctor'], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringContaining('add --target URL')])
  })
})
