import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { RandomStreams, uniformInteger, WorldError } from '../../src/core/index.ts'
import { JsonlFile } from '../../src/experience/jsonl-file.ts'
import { temporaryDirectory } from '../learning/synthetic-run.ts'

const CHUNK_BYTES = 256 * 1024

function write(file: JsonlFile, text: string): void {
  const bytes = Buffer.from(text)
  file.writeLine(bytes, bytes.length)
}

/** `length` bytes, newline included. */
const lineOf = (letter: string, length: number) => `${letter.repeat(length - 1)}\n`

describe('JsonlFile', () => {
  it('keeps every line in order, whenever it is flushed', async () => {
    const path = join(temporaryDirectory(), 'lines.jsonl')
    const random = new RandomStreams(1).stream('lines')
    const file = await JsonlFile.create(path)
    let expected = ''
    for (let i = 0; i < 20_000; i++) {
      const line = `${i} ${'x'.repeat(uniformInteger(random, 0, 400))}\n`
      expected += line
      write(file, line)
      if (random() < 0.005) file.flush()
      if (random() < 0.001) await file.drained()
    }
    await file.close()
    expect(readFileSync(path, 'utf8') === expected).toBe(true)
    expect(file.lines).toBe(20_000)
  })

  it.each([
    ['longer than a chunk', [10, 3 * CHUNK_BYTES, 10, CHUNK_BYTES + 1, 10]],
    ['just as long as a chunk', [CHUNK_BYTES, CHUNK_BYTES, 1, CHUNK_BYTES]],
    ['that fill a chunk to the last byte', [CHUNK_BYTES - 10, 10, 10]],
    ['that miss by one byte', [CHUNK_BYTES - 9, 10, 10]],
  ])('takes lines %s', async (_, lengths) => {
    const path = join(temporaryDirectory(), 'lines.jsonl')
    const lines = lengths.map((length, i) => lineOf('abcde'[i]!, length))
    const file = await JsonlFile.create(path)
    for (const line of lines) write(file, line)
    await file.close()
    expect(readFileSync(path, 'utf8') === lines.join('')).toBe(true)
  })

  it('copies the bytes that it is given, up to the length', async () => {
    const path = join(temporaryDirectory(), 'lines.jsonl')
    const file = await JsonlFile.create(path)
    const bytes = Buffer.from('one\ntwo\nthree\n')
    file.writeLine(bytes, 4)
    bytes.fill('-')
    await file.close()
    expect(readFileSync(path, 'utf8')).toBe('one\n')
  })

  it('tells how much is on its way to the disk', async () => {
    const file = await JsonlFile.create(join(temporaryDirectory(), 'lines.jsonl'))
    for (let i = 0; i < 3; i++) write(file, lineOf('x', 1000))
    expect(file.backlogBytes).toBe(0)
    file.flush()
    expect(file.backlogBytes).toBe(3000)
    await file.drained()
    expect(file.backlogBytes).toBe(0)
    await file.close()
  })

  it('replaces a file that is there', async () => {
    const path = join(temporaryDirectory(), 'lines.jsonl')
    for (const text of ['a long first one\n', 'short\n']) {
      const file = await JsonlFile.create(path)
      write(file, text)
      await file.close()
    }
    expect(readFileSync(path, 'utf8')).toBe('short\n')
  })

  it('refuses a path that cannot be written, and says what to do', async () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'taken'))
    for (const path of [join(directory, 'none', 'x.jsonl'), join(directory, 'taken')]) {
      const refused = JsonlFile.create(path)
      await expect(refused).rejects.toThrow(WorldError)
      await expect(refused).rejects.toThrow(`${path}: cannot be written (`)
      await expect(refused).rejects.toThrow('): choose another folder')
    }
  })

  it.skipIf(!existsSync('/dev/full'))(
    'reports a full disk once, drops what follows, and goes on',
    async () => {
      const file = await JsonlFile.create('/dev/full')
      write(file, 'first\n')
      file.flush()
      write(file, 'second, taken before the disk had failed\n')
      expect(file.error).toBeUndefined()
      await file.drained()
      const { error } = file
      expect(error).toBeInstanceOf(WorldError)
      expect(error!.message).toMatch(
        /^\/dev\/full: writing failed \(ENOSPC.*\): free some space .*; the lines written so far are kept$/,
      )
      write(file, 'third\n')
      expect(file.lines).toBe(2)
      expect(file.backlogBytes).toBe(0)
      // The very same error: the second line must not be put behind what may be half of the first.
      await expect(file.close()).rejects.toBe(error)
    },
  )

  it('loses at most the end of the last line when it is killed', async () => {
    const path = join(temporaryDirectory(), 'lines.jsonl')
    const writer = fileURLToPath(new URL('endless-writer.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', writer, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
    child.kill('SIGKILL')
    if (child.signalCode === null) await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')

    const lines = readFileSync(path, 'utf8').split('\n')
    const torn = lines.pop()!
    expect(lines.length).toBeGreaterThan(10_000)
    for (const [i, line] of lines.entries()) expect(JSON.parse(line).line).toBe(i)
    expect(`{"line":${lines.length},"padding":"${'x'.repeat(300)}"}`.startsWith(torn)).toBe(true)
  })
})
