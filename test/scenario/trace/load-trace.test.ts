import { appendFileSync, copyFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ConfigError } from '../../../src/core/index.ts'
import { loadTrace, openTrace } from '../../../src/scenario/trace/load-trace.ts'
import { readTrace } from '../../../src/scenario/trace/read-trace.ts'
import { traceFile } from './trace-files.ts'

it('loads by reference what was read, once', () => {
  const file = traceFile(['ms,path', '5,/a', '7.5,/b'], 'once.csv')
  const { reference, times } = openTrace(file, { use: 'requests' })
  expect(JSON.parse(JSON.stringify(reference))).toEqual(reference)
  expect(loadTrace(reference)).toBe(times)
})

it('reads it again elsewhere, and refuses another one', () => {
  const file = traceFile(['ms', '5.5', '7.5'], 'again.csv')
  const { reference, times } = readTrace(file, { use: 'sessions' })
  expect(loadTrace(reference)).toEqual(times)
  const copy = `${file}.copy`
  copyFileSync(file, copy)
  appendFileSync(copy, '9.5\n')
  const other = readTrace(copy, { use: 'sessions' }).reference
  expect(other.sha256).not.toBe(reference.sha256)
  const gone = {
    ...reference,
    file: copy,
    sha256: reference.sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
  }
  expect(() => loadTrace(gone)).toThrow(ConfigError)
  expect(() => loadTrace(gone)).toThrow(/has changed since the scenario was read/)
})
