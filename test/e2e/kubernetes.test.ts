/**
 * What `loadgen init kubernetes` writes, held against the types of a real kubectl, and its scripts in a real shell. No
 * cluster is needed: kubectl decodes a file into its own types and writes it out again, without what it does not know.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { mergeScript, segmentScript } from '../../src/scenario/kubernetes/scripts.ts'
import { capture } from '../cli/capture.ts'
import type { Manifest } from '../scenario/kubernetes/api-schema.ts'

const root = mkdtempSync(path.join(tmpdir(), 'loadgen-kubernetes-'))
const manifests = path.join(root, 'manifests')
afterAll(() => rmSync(root, { recursive: true, force: true }))

const LINE = `init kubernetes --scenario validation --target http://gateway:8080 --segments 3 --out ${manifests} --quiet`
beforeAll(async () => {
  const { code, stdout } = await capture(LINE)
  expect(code).toBe(0)
  expect(stdout).toContain(`kubectl apply -f ${manifests}`)
})

type Job = Extract<Manifest, { kind: 'Job' }>
type Claim = Extract<Manifest, { kind: 'PersistentVolumeClaim' }>

function manifest<T extends Manifest = Job>(name: string): T {
  return parse(readFileSync(path.join(manifests, name), 'utf8'))
}

describe('init kubernetes', () => {
  it('writes over nothing', async () => {
    const before = readdirSync(manifests)
    const { code, stderr } = await capture(LINE)
    expect(code).toBe(2)
    expect(stderr).toContain('10-scenario.yaml: is there already')
    expect(readdirSync(manifests)).toEqual(before)
  })

  it.each([
    ['init kubernetes --target http://x --segments 3', 'add --config FILE or --scenario NAME'],
    ['init kubernetes --scenario validation --target http://x --segments 0', '--segments'],
    ['init kubernetes --scenario validation --target http://x --segments 2 --namespace A', '--namespace "A"'],
    ['init kubernetes --scenario validation --segments 2', 'Missing required argument: target'],
  ])('ends "%s" with 2', async (line, hint) => {
    const { code, stderr } = await capture(line)
    expect(code).toBe(2)
    expect(stderr).toContain(hint)
  })
})

const KUBECTL = spawnSync('kubectl', ['version', '--client']).status === 0
if (!KUBECTL) console.warn('kubectl is not installed: its types are not asked')

describe.skipIf(!KUBECTL)("kubectl's own types", () => {
  /** Decoded and encoded by kubectl, with one variable added to every container. */
  function known(file: string): Job {
    const args = ['set', 'env', '--local', '-f', file, '-o', 'json', 'ADDED=1']
    return JSON.parse(execFileSync('kubectl', args, { encoding: 'utf8' }))
  }

  function changed(job: Job, spec: object): object {
    const { template } = job.spec
    return { ...job, spec: { ...job.spec, template: { ...template, spec: { ...template.spec, ...spec } } } }
  }

  it.each(['30-load.yaml', '40-merge.yaml'])('know every field of %s', (name) => {
    const ours = manifest(name)
    for (const container of ours.spec.template.spec.containers) {
      container.env.push({ name: 'ADDED', value: '1' })
    }
    expect(known(path.join(manifests, name))).toMatchObject(ours)
  })

  it('know every field of the claim', () => {
    // A pod may carry a claim within itself, which is of the same type.
    const { spec } = manifest<Claim>('20-results.yaml')
    const job = manifest('40-merge.yaml')
    const volumes: unknown = [{ name: 'results', ephemeral: { volumeClaimTemplate: { spec } } }]
    const file = path.join(root, 'claim.yaml')
    writeFileSync(file, stringify(changed(job, { volumes })))
    expect(known(file).spec.template.spec).toMatchObject({ volumes })
  })

  it('would find a field that there is not', () => {
    const job = manifest('40-merge.yaml')
    const file = path.join(root, 'wrong.yaml')
    writeFileSync(file, stringify(changed(job, { restartPolice: 'Never' })))
    expect(known(file).spec.template.spec).not.toHaveProperty('restartPolice')
  })
})

describe('the scripts', () => {
  const running: ChildProcess[] = []
  let results: string
  let bin: string
  beforeAll(() => {
    bin = mkdtempSync(path.join(root, 'bin-'))
  })
  afterEach(() => {
    for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
  })

  /** Stands for loadgen: it writes down what it is asked for, and ends as it is told. */
  function commandThat(does: string): void {
    results = mkdtempSync(path.join(root, 'results-'))
    const file = path.join(bin, 'loadgen')
    writeFileSync(file, `#!/bin/sh\necho "$*" >> "$RESULTS/calls"\n${does}\n`)
    chmodSync(file, 0o755)
  }

  function sh(script: string, environment: Record<string, string>): ChildProcess {
    const env = { PATH: `${bin}:/usr/bin:/bin`, RESULTS: results, SEGMENTS: '3', ...environment }
    const child = spawn('/bin/sh', ['-c', script], { env, stdio: 'ignore' })
    running.push(child)
    return child
  }

  function segment(index: number, uid = 'first'): ChildProcess {
    const environment = { JOB_UID: uid, START_LEAD_SECONDS: '2', JOB_COMPLETION_INDEX: String(index) }
    return sh(segmentScript(['--target', 'http://x']), environment)
  }

  async function codeOf(child: ChildProcess): Promise<number | null> {
    if (child.exitCode !== null) return child.exitCode
    return ((await once(child, 'exit')) as [number | null])[0]
  }

  function calls(): string[] {
    const file = path.join(results, 'calls')
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  }

  it('begin together, pass their codes on, and are merged once', async () => {
    commandThat(`case "$1 $JOB_COMPLETION_INDEX" in
      "run 1") exit 99;; "run 2") exit 6;; run*) mkdir -p "$RESULTS/$JOB_UID/segments/$JOB_COMPLETION_INDEX/x";; esac`)
    const before = Date.now()
    const codes = await Promise.all([0, 1, 2].map((index) => codeOf(segment(index))))
    expect(codes).toEqual([0, 0, 6])
    const runs = calls()
    expect(runs).toHaveLength(3)
    const starts = runs.map((line) => Number(/--start-at (\d+)/.exec(line)![1]))
    expect(new Set(starts).size).toBe(1)
    expect(starts[0]).toBeGreaterThan(before)
    expect(runs.every((line) => line.includes('--segment auto/3'))).toBe(true)

    expect(await codeOf(sh(mergeScript(), {}))).toBe(0)
    expect(calls()[3]).toBe(`merge ${results}/first/segments/0/x --out ${results}/first/merged`)
    // Another merge waits for another run.
    const next = sh(mergeScript(), { POLL_SECONDS: '1' })
    await Promise.all([0, 1, 2].map((index) => codeOf(segment(index, 'second'))))
    expect(await codeOf(next)).toBe(0)
    expect(calls().at(-1)).toContain('/second/merged')
  })

  it('wait for all, and hand a signal on to the run that is under way', async () => {
    commandThat(`trap 'echo stopped >> "$RESULTS/calls"; exit 130' TERM
      echo going >> "$RESULTS/calls"
      while :; do sleep 0.1; done`)
    const two = [segment(0), segment(1)]
    await expect.poll(() => existsSync(path.join(results, 'first/ready/1'))).toBe(true)
    expect(calls(), 'the third one is not there').toEqual([])
    const all = [...two, segment(2)]
    await expect.poll(() => calls().filter((line) => line === 'going').length, { timeout: 8_000 }).toBe(3)
    for (const child of all) child.kill('SIGTERM')
    expect(await Promise.all(all.map(codeOf))).toEqual([130, 130, 130])
    expect(calls().filter((line) => line === 'stopped')).toHaveLength(3)
    expect(readFileSync(path.join(results, 'first/done/2'), 'utf8')).toBe('130\n')
  })

  it('end at once where a signal comes while they wait, and leave word of it', async () => {
    commandThat('exit 0')
    const [waiting, merging] = [segment(0), sh(mergeScript(), { POLL_SECONDS: '1' })]
    await expect.poll(() => existsSync(path.join(results, 'first/ready/0'))).toBe(true)
    for (const child of [waiting, merging]) child.kill('SIGTERM')
    expect(await codeOf(waiting)).toBe(143)
    expect(readFileSync(path.join(results, 'first/done/0'), 'utf8')).toBe('143\n')
    await codeOf(merging)
    expect(calls()).toEqual([])
  })
})
