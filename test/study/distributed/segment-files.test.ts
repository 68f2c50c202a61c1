/** What goes through Redis: the plan, the files of segments, the time. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PRODUCT_VERSION } from '../../../src/core/index.ts'
import {
  type DistributedPlan,
  fetchPlan,
  isShared,
  publishPlan,
  type SegmentOutcome,
} from '../../../src/study/distributed/distributed-plan.ts'
import { openRedis, type RedisLink } from '../../../src/study/distributed/redis-link.ts'
import { runKeys } from '../../../src/study/distributed/run-keys.ts'
import { receiveFiles, sendFiles } from '../../../src/study/distributed/segment-files.ts'
import { clockOffsetMs } from '../../../src/study/distributed/shared-clock.ts'
import { planHash } from '../../../src/study/segments/plan-hash.ts'
import { folderOf } from '../../scenario/scenario-files.ts'
import { smallScenario } from '../../shop/small-scenario.ts'
import { RedisServer, redisIsThere } from './redis-server.ts'

const FOLDER = folderOf({ '.shared-t': 't' })
const PLAN: DistributedPlan = {
  token: 't',
  runId: 'run',
  version: PRODUCT_VERSION,
  planHash: planHash(smallScenario, smallScenario.seed),
  segments: 2,
  loaded: { scenario: smallScenario, warnings: [], source: { file: 'tiny.yaml', dialect: 'native' } },
  target: null,
  folder: FOLDER,
  mark: '.shared-t',
}

describe.skipIf(!redisIsThere)('through Redis', () => {
  let server: RedisServer
  let link: RedisLink
  beforeAll(async () => {
    server = await RedisServer.start()
    link = await openRedis(server.url)
  })
  afterAll(async () => {
    link?.close()
    await server?.kill()
  })

  it('a plan comes as it was, and only to who can carry it out', async () => {
    await publishPlan(link.redis, PLAN)
    expect(await fetchPlan(link.redis, 't')).toEqual(JSON.parse(JSON.stringify(PLAN)))
    await expect(fetchPlan(link.redis, 'another')).rejects.toThrow('its run is not known any more')
    await publishPlan(link.redis, { ...PLAN, version: '0.0.1' })
    await expect(fetchPlan(link.redis, 't')).rejects.toThrow(/the run is of 0\.0\.1: install the same/)
    await publishPlan(link.redis, { ...PLAN, planHash: 'x'.repeat(64) })
    await expect(fetchPlan(link.redis, 't')).rejects.toThrow(/reads another plan .*, not xxxxxxxx\)/)
  })

  it('files arrive byte for byte, and leave nothing behind', async () => {
    const from = folderOf({ 'manifest.json': '{}', 'empty.jsonl': '', 'run.log': 'said' })
    const large = randomBytes(1_500_000)
    writeFileSync(join(from, 'requests.jsonl'), large)
    const keys = runKeys('files')
    const place = { index: 1, attempt: 2, folder: from }
    const { files, kept } = await sendFiles(link.redis, keys, place)
    expect([files.map(({ name }) => name), kept]).toEqual([
      ['empty.jsonl', 'manifest.json', 'requests.jsonl'],
      [],
    ])
    const to = join(folderOf({ 'keep.txt': '' }), 'segment')
    await receiveFiles(link.redis, keys, { ...place, files } as unknown as SegmentOutcome, to)
    expect(readFileSync(join(to, 'requests.jsonl')).equals(large)).toBe(true)
    expect(readFileSync(join(to, 'empty.jsonl'), 'utf8')).toBe('')
    expect(await link.redis.keys('loadgen:run:files:*')).toEqual([])
  })

  it('what is too large stays where it is, and the rest arrives', async () => {
    const from = folderOf({ 'statistics.json': '{}' })
    writeFileSync(join(from, 'experiences.jsonl'), randomBytes(200_000))
    const keys = runKeys('bound')
    const sent = await sendFiles(link.redis, keys, { index: 0, attempt: 1, folder: from }, 100_000)
    expect([sent.files.map(({ name }) => name), sent.kept]).toEqual([
      ['statistics.json'],
      ['experiences.jsonl'],
    ])
    expect(await link.redis.keys('loadgen:run:bound:*')).toEqual([keys.file(0, 1, 'statistics.json')])
  })

  it('what does not arrive as it was sent is an error', async () => {
    const from = folderOf({ 'statistics.json': '{"a":1}' })
    const keys = runKeys('torn')
    const place = { index: 0, attempt: 1, folder: from }
    const { files } = await sendFiles(link.redis, keys, place)
    const other = { ...place, files: files.map((file) => ({ ...file, sha256: 'x' })) }
    const to = folderOf({ 'keep.txt': '' })
    await expect(receiveFiles(link.redis, keys, other as unknown as SegmentOutcome, to)).rejects.toThrow(
      /statistics\.json of segment 1 did not arrive/,
    )
    const climbing = { ...place, files: [{ ...files[0]!, name: '../up.json' }] }
    await expect(receiveFiles(link.redis, keys, climbing as unknown as SegmentOutcome, to)).rejects.toThrow(
      /no name of a file/,
    )
  })

  it('the clock of this machine is ahead of its own by nothing', async () => {
    expect(Math.abs(await clockOffsetMs(link.redis))).toBeLessThan(50)
  })
})

it('a folder is shared with whoever finds the mark of the run in it', () => {
  expect(isShared(PLAN)).toBe(true)
  expect(isShared({ ...PLAN, token: 'u' })).toBe(false)
  expect(isShared({ ...PLAN, mark: '.shared-u' })).toBe(false)
})
