import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DataError, readLines } from '../../src/core/index.ts'
import { temporaryDirectory } from '../learning/synthetic-run.ts'

test('yields what splitting the text would, blank lines counted but left out', () => {
  const file = join(temporaryDirectory(), 'lines.txt')
  const property = fc.property(fc.array(fc.stringMatching(/^[ -~é€]*$/)), fc.boolean(), (texts, ended) => {
    writeFileSync(file, texts.join('\n') + (ended ? '\n' : ''))
    const expected = texts.map((text, i) => ({ text, number: i + 1 })).filter(({ text }) => text !== '')
    const lines = [...readLines(file)]
    expect(lines.map(({ text, number }) => ({ text, number }))).toEqual(expected)
    const last = texts.at(-1)
    if (last !== undefined && last !== '') expect(lines.at(-1)?.ended).toBe(ended)
  })
  fc.assert(property, { numRuns: 50 })
})

test('lines may cross the borders of the chunks, also within a character', () => {
  const file = join(temporaryDirectory(), 'lines.txt')
  const texts = [700_000, 700_001, 1_500_000, 3].map((length) => '€'.repeat(length / 3).padEnd(length, 'x'))
  writeFileSync(file, texts.join('\n'))
  const hash = createHash('sha256')
  expect([...readLines(file, (bytes) => hash.update(bytes))].map((line) => line.text)).toEqual(texts)
  expect(hash.digest('hex')).toBe(createHash('sha256').update(texts.join('\n')).digest('hex'))
})

test('refuses a file without newlines instead of reading it whole', () => {
  const file = join(temporaryDirectory(), 'lines.txt')
  writeFileSync(file, Buffer.alloc(18 << 20, 'x'))
  expect(() => [...readLines(file)]).toThrow(DataError)
  expect(() => [...readLines(file)]).toThrow(/lines\.txt:1: a line of more than 16 MiB/)
})
