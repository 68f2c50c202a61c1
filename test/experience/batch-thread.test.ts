import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as later } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { WorldError } from '../../src/core/index.ts'
import { BatchThread } from '../../src/experience/batch-thread.ts'
import { openRequestLines } from '../../src/experience/requests/request-lines.ts'
import { folderOf } from '../scenario/scenario-files.ts'

const NUMBERS = 20
/** Rows of the request log: the numbers of their sessions tell them apart. */
const SESSION = 0

function threadThat(dies: string, file = path.join(folderOf({ 'made.txt': '' }), 'rows.jsonl')) {
  const start = { file, phases: ['only'] }
  const worker = new URL(`data:text/javascript,throw new Error(${JSON.stringify(dies)})`)
  const thread = new BatchThread({
    worker,
    data: start,
    batchNumbers: 4 * NUMBERS,
    doing: 'the test',
    open: () => openRequestLines(start),
  })
  thread.tell({ from: 1, names: ['name'] })
  return { thread, sessions: () => sessionsIn(file) }
}

function put({ thread }: ReturnType<typeof threadThat>, session: number): void {
  thread.reserve(NUMBERS)
  thread.batch.fill(0, thread.used, thread.used + NUMBERS)
  thread.batch[thread.used + SESSION] = session
  thread.used += NUMBERS
}

const sessionsIn = (file: string): number[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).session)

describe('a process that has no file descriptor left for the thread', () => {
  const noFile = 'EMFILE: too many open files'

  it('keeps what is to be written, and writes it in the end', async () => {
    const writing = threadThat(noFile)
    const { thread, sessions } = writing
    for (let session = 0; session < 50; session++) {
      put(writing, session)
      thread.send()
      if (session % 10 === 0) await later(20)
    }
    expect(thread.error).toBeUndefined()
    await expect(thread.finish()).resolves.toBe(50)
    expect(sessions()).toEqual(Array.from({ length: 50 }, (_, i) => i))
  })

  it('does not wait for room that nobody makes', async () => {
    const writing = threadThat(noFile)
    const { thread } = writing
    const batches = (5 * 1024 * 1024) / (4 * NUMBERS * Float64Array.BYTES_PER_ELEMENT)
    for (let session = 0; session < 4 * batches; session++) put(writing, session)
    await thread.drained()
    expect(thread.error).toBeInstanceOf(WorldError)
    expect(thread.error!.message).toContain('EMFILE')
    await expect(thread.finish()).rejects.toBe(thread.error)
  })
})

it('tells of a thread that dies for any other reason', async () => {
  const writing = threadThat('no such thing')
  const { thread } = writing
  put(writing, 1)
  thread.send()
  await expect(thread.finish()).rejects.toThrow('the test failed: no such thing')
})
