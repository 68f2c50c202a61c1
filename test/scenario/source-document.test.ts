import { describe, expect, it } from 'vitest'
import { SourceDocument } from '../../src/scenario/source-document.ts'
import { messageOf } from './scenario-files.ts'

const complaint = (text: string) => messageOf(() => SourceDocument.parse(text, 'f.yaml'))

describe('positions', () => {
  const document = SourceDocument.parse(
    'a: 1\nlist:\n  - { x: 5, y: }\n  - *z\n'.replace('*z', '7'),
    'f.yaml',
  )

  it('point at values, at keys, and at the parent of what is missing', () => {
    expect(document.positionOf(['list', 0, 'x'])).toEqual({ line: 3, column: 10 })
    expect(document.positionOf(['list', 0, 'x'], 'key')).toEqual({ line: 3, column: 7 })
    expect(document.positionOf(['list', 1])).toEqual({ line: 4, column: 5 })
    expect(document.positionOf(['list', 0, 'nope'])).toEqual({ line: 3, column: 5 })
    expect(document.positionOf([])).toEqual({ line: 1, column: 1 })
  })

  it('go through aliases to what they stand for', () => {
    const aliased = SourceDocument.parse('a: &a { x: 1 }\nb: *a\n', 'f.yaml')
    expect(aliased.positionOf(['b'])).toEqual({ line: 2, column: 4 })
    expect(aliased.positionOf(['b', 'x'])).toEqual({ line: 1, column: 12 })
  })

  it('survive Windows line ends', () => {
    const windows = SourceDocument.parse('a: 1\r\nb:\r\n  c: 2\r\n', 'f.yaml')
    expect(windows.positionOf(['b', 'c'])).toEqual({ line: 3, column: 6 })
  })
})

it('reads values without what objects inherit', () => {
  const document = SourceDocument.parse('a: [1]', 'f.yaml')
  expect(document.at(['a', 0])).toBe(1)
  expect(document.at(['a', 'length', 'x'])).toBeUndefined()
  expect(document.at(['toString'])).toBeUndefined()
  expect(document.keysAt(['a'])).toEqual([])
  expect(document.itemsAt(['a'])).toEqual([['a', 0]])
})

it('reads JSON, tabs and all', () => {
  expect(SourceDocument.parse('{\n\t"a": [\n\t\t"\\ud83d\\ude00\\/"\n\t]\n}', 'f.json').value).toEqual({
    a: ['😀/'],
  })
})

describe('syntax errors', () => {
  it('have a position each', () => {
    expect(complaint('a: [1, 2\nb: 3')).toMatch(/^f\.yaml:2:1: Flow sequence/)
    expect(complaint('a: 1\na: 2\nb: *gone\n')).toBe(
      'f.yaml:2:1: Map keys must be unique\nf.yaml:3:4: *gone is not defined: write &gone first',
    )
    expect(complaint('a: !odd 3')).toMatch(/^f\.yaml:1:4: Unresolved tag/)
  })

  it('tell how to write a limit that begins with >', () => {
    expect(complaint('rps: > 50')).toContain('f.yaml:1:8: ')
    expect(complaint('rps: > 50')).toContain('(in YAML a leading > must be quoted: "> 50")')
    expect(complaint('rate: >= 0.9')).toContain('must be quoted: ">= 0.9"')
  })

  it('include aliases that multiply without end', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}]`)
    expect(complaint(`l0: &l0 [x]\n${levels.join('\n')}`)).toContain('f.yaml: cannot be read: ')
  })
})
