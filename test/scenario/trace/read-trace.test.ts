import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/core/index.ts'
import { detectFormat } from '../../../src/scenario/trace/detect-format.ts'
import { readTrace } from '../../../src/scenario/trace/read-trace.ts'
import type { TraceUse } from '../../../src/scenario/trace/trace.ts'
import { traceFile } from './trace-files.ts'

const LOG = [
  '10.0.0.1 - - [01/May/2024:12:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8"',
  '10.0.0.1 - - [01/May/2024:12:00:00 +0000] "POST /b HTTP/1.1" 200 5',
  'shop.example:80 10.0.0.2 - - [01/May/2024:12:00:01 +0000] "GET /proxy/cart-service/api/cart?x=1 HTTP/1.1" 200 5',
  '10.0.0.3 - - [01/May/2024:12:00:03 +0000] "\\x16\\x03\\x01" 400 150',
]

function read(lines: readonly string[], use: TraceUse = 'sessions', name?: string) {
  return readTrace(traceFile(lines, name), { use })
}

function fault(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message.replaceAll(/\S*\/(trace[\w.]*)/g, '$1')
  }
  throw new Error('expected a ConfigError')
}

describe('formats', () => {
  it('are told by the content', () => {
    expect(detectFormat(['{"v":1,"intendedMs":5}'])).toBe('requests-jsonl')
    expect(detectFormat(['{"time":5}'])).toBeUndefined()
    expect(detectFormat(['half of a li', ...LOG])).toBe('access-log')
    expect(detectFormat(['id;time;path', '1;2;/a'])).toBe('csv')
    expect(detectFormat(['1;2;/a'])).toBeUndefined()
  })

  it('requests.jsonl: a session starts with its first request, in whatever order they ended', () => {
    const lines = [
      { session: 2, intendedMs: 700 },
      { session: 1, intendedMs: 900 },
      { session: 1, intendedMs: 250.125 },
      { session: 2, intendedMs: 1400 },
    ].map((line) => JSON.stringify({ v: 1, action: 'browse', service: 'cart-service', ...line }))
    const { times, reference, warnings } = read(lines)
    expect([...times.atMs]).toEqual([250.125, 700])
    expect(reference).toMatchObject({
      format: 'requests-jsonl',
      starts: 2,
      firstEpochMs: null,
      durationMs: 700,
    })
    expect(warnings).toEqual([])
  })

  it('CSV: with a header, quotes, other separators, sessions and odd line ends', () => {
    const { times, reference } = read([
      '\uFEFFSession ID;Note;Time\r',
      'a;"x;""y""";10.5\r',
      'b;;11\r',
      'a;;12\r',
    ])
    expect([...times.atMs]).toEqual([10_500, 11_000])
    expect(reference).toMatchObject({ format: 'csv', starts: 2, firstEpochMs: null })
  })

  it('CSV: times since 1970 begin with the first', () => {
    const { times, reference } = read([
      'timestamp,url',
      '2024-05-01T12:00:00.5Z,/a',
      '2024-05-01T12:00:02.25Z,/b',
    ])
    expect([...times.atMs]).toEqual([0, 1750])
    expect(reference).toMatchObject({
      starts: 2,
      firstEpochMs: Date.UTC(2024, 4, 1, 12, 0, 0, 500),
      durationMs: 1750,
    })
  })

  it('access logs: every line is somebody who came, somewhere within its second', () => {
    const { times, reference, warnings } = read(LOG)
    expect(reference).toMatchObject({
      format: 'access-log',
      starts: 4,
      firstEpochMs: Date.UTC(2024, 4, 1, 12),
    })
    expect([...times.atMs].map((time) => Math.floor(time / 1000))).toEqual([0, 0, 1, 3])
    expect([...times.atMs]).toEqual([...times.atMs].toSorted((a, b) => a - b))
    expect(warnings.join()).toMatch(/whole seconds/)
    expect([...read(LOG).times.atMs]).toEqual([...times.atMs])
  })

  it('compressed files are the trace that they hold', () => {
    const plain = read(LOG)
    const packed = read(LOG, 'sessions', 'trace.log.gz')
    expect({ ...packed.reference, file: '' }).toEqual({ ...plain.reference, file: '' })
    expect(packed.times).toEqual(plain.times)
  })

  it('the format may be told', () => {
    const file = traceFile(['a line that is none', 'another', 'yet another'])
    expect(fault(() => readTrace(file, { use: 'sessions', format: 'access-log' }))).toMatch(
      /none of its 3 lines/,
    )
  })
})

describe('requests', () => {
  it('are those that can be sent again, and of our balancer by service', () => {
    const { times, reference, warnings } = read(LOG, 'requests')
    expect(times.requests).toEqual([
      { method: 'GET', service: '', path: '/a' },
      { method: 'GET', service: 'cart-service', path: '/api/cart?x=1' },
    ])
    expect([...times.request]).toEqual([0, 1])
    expect(reference.starts).toBe(2)
    expect(warnings.join('\n')).toMatch(/2 of 4 lines are not sent again \(1 POST, 1 no request\)/)
  })

  it('of a CSV have their service by any name, their path without the host, and GET by default', () => {
    const { times } = read(
      [
        'time,method,url,service',
        '1,get,https://x.example/a?b#c,cart',
        '2,,/d,',
        '3,HEAD,*,',
        '4,GET,/a?b,cart-service',
      ],
      'requests',
    )
    expect(times.requests).toEqual([
      { method: 'GET', service: 'cart-service', path: '/a?b' },
      { method: 'GET', service: '', path: '/d' },
    ])
  })

  it('stay with their times when these are sorted', () => {
    const paths = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 9 })), {
      minLength: 1,
    })
    fc.assert(
      fc.property(paths, (all) => {
        const { times } = read(['ms,path', ...all.map(([ms, path]) => `${ms}.5,/${path}`)], 'requests')
        const replayed = [...times.atMs].map((ms, i) => [ms - 0.5, times.requests[times.request[i]!]!.path])
        expect(replayed).toEqual(all.toSorted(([a], [b]) => a - b).map(([ms, path]) => [ms, `/${path}`]))
      }),
      { numRuns: 50 },
    )
  })
})

describe('what is not as it should be', () => {
  it('is counted, and the first of it named', () => {
    const { times, warnings } = read(['time', '5.5', 'x', '3', '9', 'y', '2024-05-01T12:00:00Z', 'z', '4'])
    expect([...times.atMs]).toEqual([3000, 4000, 5500, 9000])
    expect(warnings.map((text) => text.replace(/^.*trace.txt: /, ''))).toEqual([
      '4 of 8 lines cannot be read and are left out (line 3: no time: "x"; line 6: no time: "y"; ' +
        'line 7: its time counts since 1970, unlike the others; ...)',
      '2 of 8 lines go back in time (first: line 4): sorted',
    ])
  })

  it.each<readonly [string, readonly string[], TraceUse, RegExp]>([
    ['an empty file', [], 'sessions', /^trace.txt: expected a trace, got an empty file/],
    ['blank lines', ['', ' '], 'sessions', /got an empty file/],
    ['another format', ['<html>', '</html>'], 'sessions', /^trace.txt:1: cannot tell .*"<html>".*timestamp/],
    ['a header alone', ['time,path'], 'sessions', /expected requests below the header, got none/],
    [
      'no readable line',
      ['time', 'x', 'y'],
      'sessions',
      /none of its 2 lines can be read \(line 2: no time: "x"; line 3/,
    ],
    [
      'no paths',
      ['time', '1', '2'],
      'requests',
      /none of its requests can be sent again \(2 no request\).*name behaviors/,
    ],
  ])('%s is an error', (_, lines, use, message) => {
    expect(fault(() => read(lines, use))).toMatch(message)
  })

  it('no file, and a damaged one', () => {
    expect(fault(() => readTrace('/nowhere/trace.csv', { use: 'sessions' }))).toMatch(/no such file/)
    expect(fault(() => readTrace(import.meta.dirname, { use: 'sessions' }))).toMatch(/is a directory/)
    const damaged = traceFile(LOG, 'trace.txt')
    expect(fault(() => readTrace(damaged.replace('trace.txt', 'gone.gz'), { use: 'sessions' }))).toMatch(
      /ENOENT|no such/,
    )
  })
})
