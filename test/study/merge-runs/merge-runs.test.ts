import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DataError, PRODUCT_VERSION } from '../../../src/core/index.ts'
import { type FinishedRun, mergeRuns, runDirectory } from '../../../src/study/index.ts'
import { capture } from '../../cli/capture.ts'
import { changed, SEGMENTS, type SegmentRuns, segmentRuns } from './segment-runs.ts'

let runs: SegmentRuns
let made = 0

beforeAll(async () => {
  runs = await segmentRuns()
}, 60_000)
afterAll(() => rmSync(runs.folder, { recursive: true }))

function merged(directories: readonly string[], partial = false): Promise<FinishedRun> {
  return mergeRuns({ directories, into: runDirectory(join(runs.folder, `merged-${made++}`)), partial })
}

async function refused(directories: readonly string[], partial = false): Promise<string> {
  const before = made
  const error = await merged(directories, partial).then(
    () => expect.fail('merged'),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(DataError)
  expect(existsSync(join(runs.folder, `merged-${before}`))).toBe(false)
  return (error as DataError).message
}

const text = (path: string): string => readFileSync(path, 'utf8')
const lines = (path: string): string[] => text(path).split('\n').slice(0, -1)

/** Without what hangs on when and where it ran. */
function timeless(path: string): unknown {
  const { startedAt: _, wallMs: __, ...rest } = JSON.parse(text(path)) as Record<string, unknown>
  return rest
}

describe('the segments of a virtual run', () => {
  it('are the whole run, in whatever order they are named', async () => {
    const { whole, segments } = runs
    const { directory, summary } = await merged(segments.toReversed())
    expect(timeless(directory.statistics)).toEqual(timeless(whole.directory.statistics))
    expect(text(directory.requests)).toBe(text(whole.directory.requests))
    expect(text(directory.dataset)).toBe(text(whole.directory.dataset))
    // Of what was complete within one microsecond, nobody knows the order any more.
    expect(lines(directory.experiences).sort()).toEqual(lines(whole.directory.experiences).sort())
    const own = { startedAt: 0, wallMs: 0, experience: { ...whole.summary.experience, file: '' } }
    expect({ ...summary, ...own }).toEqual({ ...whole.summary, ...own })
    expect(summary.experience).toEqual({ ...whole.summary.experience, file: directory.experiences })
    expect(summary).toMatchObject({ stopped: null, warnings: expect.arrayContaining(['careful']) })
  })

  it('each have a part of it, and all parts are told of in the manifest', async () => {
    const { whole, segments } = runs
    for (const segment of segments) {
      const own = lines(join(segment, 'requests.jsonl')).length
      expect(own).toBeGreaterThan(0)
      expect(own).toBeLessThan(whole.summary.requests)
    }
    const { directory } = await merged(segments)
    const manifest = JSON.parse(text(directory.manifest))
    expect(manifest).toMatchObject({ run: whole.summary.runId, loadgen: PRODUCT_VERSION, seed: 4 })
    expect(manifest).not.toHaveProperty('segment')
    expect(manifest.merged.partial).toBeNull()
    expect(manifest.merged.segments.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2, 3])
  })
})

describe('is refused, and nothing written:', () => {
  it('a gap, with the number of what is missing', async () => {
    const [first, second, , last] = runs.segments as [string, string, string, string]
    expect(await refused([first, second, last])).toMatch(/segment 3 of 4 is missing.*\n.*--partial takes/)
    expect(await refused([first])).toContain('segments 2, 3 and 4 of 4 are missing')
  })

  it('an overlap, also with --partial', async () => {
    const [first, ...others] = runs.segments as [string, ...string[]]
    const copy = changed(first, 'copy', 'manifest.json', () => {})
    for (const partial of [false, true]) {
      expect(await refused([first, ...others, copy], partial)).toContain(
        `${copy}: segment 1 of 4, which ${first} is as well`,
      )
    }
    expect(await refused([first, ...others, join(first, '..', 'segment-0')])).toContain('named twice')
  })

  it.each([
    ['seed', { seed: 5 }, 'seed 5 instead of 4'],
    ['scenarioHash', { scenarioHash: 'f'.repeat(64) }, 'scenario ffffffff instead of '],
    ['loadgen', { loadgen: '9.9.9' }, `loadgen 9.9.9 instead of ${PRODUCT_VERSION}`],
    ['policy', { policy: 'random' }, 'policy random instead of '],
    ['plan', { segment: { index: 1, count: SEGMENTS, planHash: 'other' } }, 'another plan, by its hash'],
    ['count', { segment: { index: 1, count: 5, planHash: 'other' } }, 'segments in all 5 instead of 4'],
  ])('another %s, also with --partial', async (name, said, problem) => {
    const [first, second, ...others] = runs.segments as [string, string, ...string[]]
    const other = changed(second, name, 'manifest.json', (json) => Object.assign(json, said))
    const message = await refused([first, other, ...others], true)
    expect(message).toContain(`${other}: not of the run of ${first}: `)
    expect(message).toContain(problem)
  })

  it('what is no segment, each with what it is instead', async () => {
    const [first] = runs.segments as [string]
    const torn = changed(first, 'torn', 'statistics.json', () => {})
    truncateSync(join(torn, 'manifest.json'), 50)
    const message = await refused([
      runs.whole.directory.path,
      join(runs.folder, 'nowhere'),
      runs.folder,
      torn,
      changed(first, 'odd', 'manifest.json', (json) => {
        json.segment = { index: 4, count: 4, planHash: '' }
      }),
    ])
    expect(message).toMatch(/a whole run, no segment of one: .*"loadgen dataset merge"/)
    expect(message).toContain('nowhere: no such directory')
    expect(message).toContain(`${join(runs.folder, 'manifest.json')}: no such file: that is no run directory`)
    expect(message).toContain(`${join(torn, 'manifest.json')}: cut off, or no JSON`)
    expect(message).toContain('segment: expected index and count, got 4 and 4')
  })

  it('everything that is wrong, all at once', async () => {
    const [first, second, third] = runs.segments as [string, string, string]
    const interrupted = changed(second, 'interrupted', 'statistics.json', (json) => {
      json.interrupted = true
    })
    const cut = changed(third, 'cut', 'statistics.json', () => {})
    truncateSync(join(cut, 'statistics.json'), 1000)
    const message = await refused([first, interrupted, cut, join(runs.folder, 'nowhere')])
    for (const problem of [
      'nowhere: no such directory',
      `${interrupted}: segment 2 of 4 was interrupted`,
      `${join(cut, 'statistics.json')}: cut off`,
      'segment 4 of 4 is missing',
    ])
      expect(message).toContain(problem)
  })
})

describe('with --partial', () => {
  it('what there is is merged, and the summary says what is not', async () => {
    const [first, second, third, last] = runs.segments as [string, string, string, string]
    const stopped = changed(second, 'stopped', 'statistics.json', (json) => {
      json.stopped = 'its event budget was used up'
    })
    const killed = changed(third, 'killed', 'statistics.json', () => {})
    rmSync(join(killed, 'statistics.json'))
    const { summary, directory } = await merged([last, killed, stopped, first], true)
    expect(summary.stopped).toContain(`${stopped}: segment 2 of 4 was stopped: its event budget was used up`)
    expect(summary.stopped).toContain(`${join(killed, 'statistics.json')}: no such file`)
    expect(summary.requests).toBe(lines(directory.requests).length)
    expect(summary.requests).toBeLessThan(runs.whole.summary.requests)
    expect(summary.experience.recorded).toBe(lines(directory.experiences).length)
    expect(JSON.parse(text(directory.manifest)).merged.partial).toBe(summary.stopped)
  })

  it('nothing at all is still nothing', async () => {
    expect(await refused([join(runs.folder, 'nowhere')], true)).toContain('no such directory')
  })
})

describe('live segments', () => {
  /** The same segments, as if they had been live: each with a name and a start of its own. */
  function live(
    starts: readonly { readonly startEpochMs: number | null; readonly lateMs?: number }[],
  ): string[] {
    return runs.segments.map((segment, index) =>
      changed(segment, `live-${made++}`, 'manifest.json', (json) => {
        const { scenario } = json as { scenario: object }
        json.scenario = { ...scenario, world: 'live' }
        json.run = `run-${index}`
        json.segment = { ...(json.segment as object), clockOffsetMs: null, lateMs: 0, ...starts[index] }
      }),
    )
  }
  const startEpochMs = 1_790_000_000_000

  it('that began apart are told of, and those that began late', async () => {
    const together = { startEpochMs }
    const apart = live([together, { startEpochMs: startEpochMs + 4_200 }, together, together])
    // What the segments recorded says that it is of a virtual world: only the statistics are looked at here.
    for (const segment of apart) rmSync(join(segment, 'dataset.json'))
    const { summary } = await merged(apart)
    expect(summary.runId).toMatch(/^merged-[0-9a-f]{12}$/)
    expect(summary.warnings[0]).toMatch(/began up to 4\.2 s apart.*--start-at/)
    const late = live([together, { startEpochMs: startEpochMs + 9_500, lateMs: 9_500 }, together, together])
    for (const segment of late) rmSync(join(segment, 'dataset.json'))
    expect((await merged(late)).summary.warnings[0]).toMatch(
      /^segment 2 of 4 began 9\.5 s later than the others/,
    )
  })

  it('of whose files a part is missing are merged, and it says what is missing', async () => {
    const [first, second, ...others] = runs.segments as [string, string, ...string[]]
    const cut = changed(first, 'halved', 'statistics.json', () => {})
    for (const name of ['requests.jsonl', 'experiences.jsonl']) {
      const half = lines(join(cut, name)).slice(0, 3)
      writeFileSync(join(cut, name), `${half.join('\n')}\n`)
    }
    const kept = changed(second, 'too-large-to-send', 'statistics.json', () => {})
    rmSync(join(kept, 'experiences.jsonl'))
    const { summary } = await merged([cut, kept, ...others])
    const warnings = summary.warnings.join('\n')
    expect(warnings).toMatch(/lines of requests\.jsonl: \d+ are there of the \d+ that were counted/)
    expect(warnings).toMatch(/records of decisions: \d+ are there of the \d+ that were counted/)
    expect(warnings).toContain(`no dataset.json or no experiences.jsonl in ${kept}`)
  })

  it('without a request log leave the merged run without one, and it says so', async () => {
    const [first, ...others] = runs.segments as [string, ...string[]]
    const bare = changed(first, 'bare', 'statistics.json', () => {})
    rmSync(join(bare, 'requests.jsonl'))
    const { summary, directory } = await merged([bare, ...others])
    expect(existsSync(directory.requests)).toBe(false)
    expect(summary.warnings).toContainEqual(expect.stringContaining(`no requests.jsonl in ${bare}`))
  })
})

describe('loadgen merge', () => {
  it('writes a run directory with its reports, and ends with 99 where the whole misses a threshold', async () => {
    const out = join(runs.folder, 'by-command')
    const { code, stdout } = await capture(`merge ${runs.segments.join(' ')} --out ${out} --json --quiet`)
    expect(code).toBe(99)
    expect(JSON.parse(stdout)).toMatchObject({ requests: runs.whole.summary.requests, stopped: null })
    for (const name of ['summary.json', 'report.html', 'statistics.json', 'requests.jsonl', 'dataset.json'])
      expect(existsSync(join(out, name)), name).toBe(true)
    const again = await capture(`merge ${runs.segments.join(' ')} --out ${out}`)
    expect(again).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is there already, and nothing is'),
    })
  })

  it('makes "merged" beside the first segment, and tells of what is missing aloud', async () => {
    const [first, second] = runs.segments as [string, string]
    expect(await capture(`merge ${first} ${second}`)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('segments 3 and 4 of 4 are missing'),
    })
    const { stderr } = await capture(`merge ${first} ${second} --partial`)
    expect(stderr).toContain('warning: not the whole run: segments 3 and 4 of 4 are missing')
    expect(existsSync(join(runs.folder, 'merged', 'report.html'))).toBe(true)
  })
})

it('leaves out lines that were cut off, and says where', async () => {
  const [first, ...others] = runs.segments as [string, ...string[]]
  const torn = changed(first, 'torn-log', 'statistics.json', () => {})
  const log = join(torn, 'requests.jsonl')
  const whole = lines(log)
  writeFileSync(log, text(log).slice(0, -20))
  const { summary, directory } = await merged([torn, ...others])
  expect(lines(directory.requests)).toHaveLength(runs.whole.summary.requests - 1)
  expect(summary.warnings).toContainEqual(expect.stringContaining(`${log}:${whole.length}`))
})
