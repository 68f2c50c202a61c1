/** `loadgen run` in virtual time: the files it leaves, what it prints, and that the same seed gives the same bytes. */
import { beforeAll, describe, expect, it } from 'vitest'
import { type Finished, LoadgenProcess, loadgen } from './loadgen-process.ts'
import {
  folderOf,
  MODEL_FILES,
  RUN_FILES,
  RunFiles,
  TRAINED_RUN_FILES,
  TROUBLE,
  VIRTUAL,
} from './run-files.ts'

const cwd = folderOf({ 'small.yaml': VIRTUAL })

async function run(...args: string[]): Promise<Finished & { files: RunFiles }> {
  const out = folderOf()
  const finished = await loadgen(['run', '--config', 'small.yaml', '--out', out, ...args], { cwd })
  return { ...finished, files: new RunFiles(out) }
}

let first: Awaited<ReturnType<typeof run>>
let again: typeof first
let other: typeof first
let bare: typeof first
beforeAll(async () => {
  ;[first, again, other, bare] = await Promise.all([
    run('--json', '--jobs', '2'),
    run('--json', '--jobs', '1'),
    run('--seed', '12', '--no-evaluate'),
    run('--no-train', '--quiet'),
  ])
})

describe('run', () => {
  it('ends with 0 and leaves all files', () => {
    expect(first.stderr).not.toContain('warning')
    expect(first.code).toBe(0)
    expect(first.files.list()).toEqual(TRAINED_RUN_FILES)
    expect(first.files.list('model')).toEqual(MODEL_FILES)
    expect(first.files.text('report.html')).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/i)
    const { summary, dataset } = first.files
    const manifest = JSON.parse(first.files.text('manifest.json'))
    expect(manifest).toMatchObject({
      run: summary.runId,
      seed: 11,
      target: 'embedded',
      scenario: { name: 'small' },
    })
    expect(manifest.scenarioHash).toBe(dataset.scenario.hash)
    const log = first.files.text('run.log').trimEnd().split('\n')
    expect(log.map((line) => JSON.parse(line).msg)).toEqual(['start', 'end', 'trained', 'compared'])
  })

  it('trains and compares on held-out seeds', () => {
    const { training, comparison } = first.files.summary
    expect(training).toMatchObject({
      algorithm: 'q-learning',
      model: expect.stringContaining(first.files.path),
    })
    expect(comparison!.rows.map(({ policy }) => policy).sort()).toEqual([
      'learned',
      'least-added-delay',
      'least-outstanding',
      'round-robin',
    ])
    expect(comparison!.seeds).toHaveLength(2)
    expect(comparison!.seeds).not.toContain(11)
  })

  it('prints with --json one document, the summary, and never an escape code into a pipe', () => {
    expect(JSON.parse(first.stdout)).toEqual(first.files.summary)
    const texts = first.stdout + first.stderr + other.stdout + other.stderr
    expect(texts).not.toContain('\u001b')
  })

  it('prints plan and progress on stderr, the summary on stdout', () => {
    expect(other.stderr).toMatch(/^small: Two phases in virtual time\n/)
    expect(other.stderr).toContain('training (q-learning)')
    expect(other.stderr).not.toContain('comparing')
    expect(other.stdout).toContain('TOTALS')
    for (const file of ['report.html', 'summary.json', 'experiences.jsonl', 'requests.jsonl', 'model']) {
      expect(other.stdout).toContain(`${other.files.path}/${file}\n`)
    }
  })

  it('is silent on stderr with --quiet, and makes no model with --no-train', () => {
    expect({ code: bare.code, stderr: bare.stderr }).toEqual({ code: 0, stderr: '' })
    expect(bare.stdout).toContain('TOTALS')
    expect(bare.files.list()).toEqual(RUN_FILES)
    expect(bare.files.summary).toMatchObject({ training: null, comparison: null, warnings: [] })
  })
})

describe('Ctrl-C while policies are compared', () => {
  it('keeps the run and its model, and says what is missing', async () => {
    const folder = folderOf({ 'many.yaml': VIRTUAL.replace('seeds: 2', 'seeds: 1000') })
    const process = new LoadgenProcess(['run', '--config', 'many.yaml', '--out', 'runs'], { cwd: folder })
    await process.says(/replay 2 of 4000/)
    process.kill('SIGINT')
    expect(await process.finished).toMatchObject({ code: 130, stdout: expect.stringContaining('TOTALS') })
    const files = new RunFiles(`${folder}/runs`)
    expect(files.list()).toEqual(TRAINED_RUN_FILES)
    const { training, comparison, warnings } = files.summary
    expect({ comparison, warnings }).toEqual({ comparison: null, warnings: ['not compared: interrupted'] })
    expect(training).not.toBeNull()
  })
})

describe('a run that would not end', () => {
  it('is stopped with 6 and its results, and says why even with --quiet', async () => {
    const folder = folderOf({ 'endless.yaml': `${VIRTUAL}maxEvents: 3000\n` })
    const args = ['run', '--config', 'endless.yaml', '--out', 'runs', '--quiet']
    const { code, stdout, stderr } = await loadgen(args, { cwd: folder })
    expect(code).toBe(6)
    expect(stderr).toMatch(
      /^loadgen: stopped: the budget of 3000 events was spent at .* raise maxEvents.*\n$/,
    )
    expect(stdout).toContain('stopped: the budget of 3000 events')
    const files = new RunFiles(`${folder}/runs`)
    expect(files.list()).toEqual(RUN_FILES)
    expect(files.summary.stopped).toContain('the budget of 3000 events')
    expect(files.requests).toHaveLength(files.summary.requests)
    expect(files.experiences).toHaveLength(files.summary.experience.recorded)
    expect(files.text('report.html')).toContain('The numbers are of the part that was run: the budget')
  })
})

describe('a run with faults', () => {
  it('shows them before and after, the same for any number of --jobs', async () => {
    const folder = folderOf({ 'troubled.yaml': VIRTUAL + TROUBLE })
    const runs = await Promise.all(
      ['1', '2'].map((jobs) =>
        loadgen(['run', '--config', 'troubled.yaml', '--out', `runs-${jobs}`, '--jobs', jobs], {
          cwd: folder,
        }),
      ),
    )
    const [one, two] = ['1', '2'].map((jobs) => new RunFiles(`${folder}/runs-${jobs}`))
    expect(runs.map(({ code }) => code)).toEqual([0, 0])
    expect(runs[0]!.stderr).toMatch(/1:00-2:00 +latency factor=4 +cart-service \(all 3\)/)
    expect(runs[0]!.stdout).toContain('no fault at work')
    const { faults, retries, comparison } = one!.summary
    expect(faults.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['latency factor=4', 'errors rate=0.5']),
    )
    expect(faults.length).toBeGreaterThan(2)
    expect(retries.attempts).toBeGreaterThan(retries.requests)
    const attempts = one!.requests.reduce((sum, request) => sum + request.attempts, 0)
    expect(attempts).toBe(retries.attempts)
    expect(two!.summary.faults).toEqual(faults)
    expect(two!.summary.comparison).toEqual(comparison)
    expect(two!.text('requests.jsonl') === one!.text('requests.jsonl')).toBe(true)
  })
})

describe('the records', () => {
  it('are as many as the summary says', () => {
    const { summary, experiences, requests } = first.files
    expect(summary.requests).toBeGreaterThan(500)
    expect(requests).toHaveLength(summary.requests)
    expect(experiences).toHaveLength(summary.experience.recorded)
    expect(summary.experience.recorded).toBe(summary.experience.decisions)
    const perService = summary.services.reduce((sum, { decisions }) => sum + decisions, 0)
    expect(experiences).toHaveLength(perService)
  })

  it('use only names that dataset.json knows, and rows of its shape', () => {
    const { dataset, experiences, summary } = first.files
    const phases = summary.phases.map(({ name }) => name)
    for (const { service, action, route, phase, run, state, propensity } of experiences) {
      expect(dataset.services[service]![action!.index]).toBe(action!.instance)
      expect(dataset.routes).toContain(route)
      expect(phases).toContain(phase)
      expect(run).toBe(dataset.run)
      expect(state.context).toHaveLength(dataset.contextFeatures.length)
      expect(state.instances).toHaveLength(dataset.services[service]!.length)
      expect(propensity!.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6)
    }
    expect(new Set(experiences.map(({ decision }) => decision)).size).toBe(experiences.length)
  })

  it('tie every decision to the request of a client by its trace id', () => {
    const { experiences, requests } = first.files
    const traces = new Set(requests.map(({ trace }) => trace))
    expect(traces.size).toBe(requests.length)
    const ofClients = experiences.filter(({ hop }) => hop === 0)
    expect(ofClients).toHaveLength(requests.length)
    expect(new Set(ofClients.map(({ trace }) => trace))).toEqual(traces)
    const ofServices = experiences.filter(({ hop }) => hop > 0)
    expect(ofServices.length).toBeGreaterThan(100)
    for (const { trace } of ofServices) expect(traces).toContain(trace)
  })
})

describe('the seed', () => {
  const files = [
    'experiences.jsonl',
    'requests.jsonl',
    'dataset.json',
    ...MODEL_FILES.map((name) => `model/${name}`),
  ]

  it.each(files)('gives the same bytes of %s again', (file) => {
    expect(again.files.text(file) === first.files.text(file)).toBe(true)
  })

  it('gives the same comparison for any number of --jobs', () => {
    expect(again.files.summary.comparison).toEqual(first.files.summary.comparison)
  })

  it('of another number gives another run', () => {
    expect(other.files.text('experiences.jsonl') === first.files.text('experiences.jsonl')).toBe(false)
    expect(other.files.text('requests.jsonl') === first.files.text('requests.jsonl')).toBe(false)
  })

  it('is not changed by training or not', () => {
    expect(bare.files.text('experiences.jsonl') === first.files.text('experiences.jsonl')).toBe(true)
  })
})
