import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, contentHash, sha256Hex } from '../../src/core/canonical-json.ts'

/** The same value with the keys of every object inserted the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(([key, inner]) => [key, reversed(inner)] as const)
  return Object.fromEntries(entries.reverse())
}

test('keys are sorted at every depth, lists keep their order', () => {
  expect(canonicalJson({ b: [3, { d: 1, c: null }], a: 'x', B: true })).toBe(
    '{"B":true,"a":"x","b":[3,{"c":null,"d":1}]}',
  )
  expect(canonicalJson({ b: 1, a: 2 }, 2)).toBe('{\n  "a": 2,\n  "b": 1\n}')
})

test('bytes and hash do not depend on the order in which keys were set', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))
      expect(contentHash(reversed(value))).toBe(contentHash(value))
    }),
  )
})

test('the text reads back as the value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('different values have different hashes', () => {
  const values = [null, {}, [], '', 0, { a: 1 }, { a: '1' }, { a: [1] }, { b: 1 }, [1, 2], [2, 1]]
  expect(new Set(values.map(contentHash)).size).toBe(values.length)
})

test('sha256Hex of the FIPS 180 example, as text and as bytes', () => {
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  expect(sha256Hex('abc')).toBe(expected)
  expect(sha256Hex(Buffer.from('abc'))).toBe(expected)
  expect(contentHash({ a: 1 })).toBe(createHash('sha256').update('{"a":1}').digest('hex'))
})
