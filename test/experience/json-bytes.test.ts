import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonBytes, jsonText, literal } from '../../src/experience/json-bytes.ts'
import type { Decimals } from '../../src/experience/json-number.ts'

const textOf = (json: JsonBytes) => Buffer.from(json.bytes.subarray(0, json.length)).toString('utf8')

function decimal(value: number, decimals: Decimals): string {
  const json = new JsonBytes(1)
  json.decimal(value, decimals)
  return textOf(json)
}

const anyDecimals = fc.constantFrom<Decimals[]>(3, 6, 9)
/** Whole thousandths, as every recorded number is; up to 10^12, where a double still tells them apart with ease. */
const quantized = fc.integer({ min: -1e15, max: 1e15 }).map((thousandths) => thousandths / 1000)

describe('JsonBytes.decimal', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [-1, '-1'],
    [0.5, '0.5'],
    [0.05, '0.05'],
    [0.001, '0.001'],
    [-0.001, '-0.001'],
    [1.1, '1.1'],
    [10.01, '10.01'],
    [999.999, '999.999'],
    [1000, '1000'],
    [0.0004, '0'],
    [-0.0004, '0'],
    [0.0005, '0.001'],
    [-0.0005, '-0.001'],
    [0.9995, '1'],
    [0.9994, '0.999'],
    [5e-324, '0'],
    [1_234_567_890.123, '1234567890.123'],
    [2 ** 53, '9007199254740992'],
    [-(2 ** 53), '-9007199254740992'],
    [1e21, '1e+21'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [Number.NaN, 'null'],
    [Number.POSITIVE_INFINITY, 'null'],
  ])('writes %d with 3 decimals as %s', (value, text) => expect(decimal(value, 3)).toBe(text))

  it('loses nothing of a number that was rounded when it was measured', () => {
    fc.assert(
      fc.property(quantized, (value) => {
        expect(Number(decimal(value, 3))).toBe(value)
      }),
    )
  })

  it('is as near to the number as so many decimals can be, and as toFixed is', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
      fc.integer({ min: -1e6, max: 1e6 }).map((halves) => halves * 0.0005),
      fc.double({ noNaN: true, min: -0.01, max: 0.01 }),
    )
    fc.assert(
      fc.property(value, anyDecimals, (number, decimals) => {
        const nearest = 10 ** -decimals / 2 + Math.abs(number) * 2 ** -51
        const written = Number(decimal(number, decimals))
        expect(Math.abs(written - number)).toBeLessThanOrEqual(nearest)
        expect(Math.abs(written - Number(number.toFixed(decimals)))).toBeLessThanOrEqual(2 * nearest)
      }),
    )
  })

  it('writes plain JSON without trailing zeros, for any double', () => {
    fc.assert(
      fc.property(fc.double(), anyDecimals, (number, decimals) => {
        const text = decimal(number, decimals)
        expect(() => JSON.parse(text)).not.toThrow()
        if (!text.includes('e')) expect(text).not.toMatch(/\.\d*0$|\.$|^-0$/)
      }),
    )
  })

  it('writes a row of numbers as it writes each', () => {
    const numbers = fc.float64Array({ maxLength: 30 }).map((row) => row.map((x) => (x === 0 ? 0 : x)))
    fc.assert(
      fc.property(numbers, fc.nat(10), anyDecimals, (row, start, decimals) => {
        const json = new JsonBytes(1)
        const from = Math.min(start, row.length)
        json.decimals(row, from, row.length - from, decimals)
        expect(textOf(json)).toBe(Array.from(row.subarray(from), (x) => decimal(x, decimals)).join(','))
      }),
    )
  })

  it('writes every integer up to 2^53', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (whole) => {
        expect(decimal(whole, 3)).toBe(String(whole))
      }),
    )
  })
})

describe('JsonBytes', () => {
  it('writes whole numbers', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(), fc.maxSafeNat()), (whole) => {
        const json = new JsonBytes(1)
        json.integer(whole)
        expect(textOf(json)).toBe(String(whole))
      }),
    )
  })

  it('grows from nothing and keeps what was written', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => ({ text, kind: 'put' as const })),
      fc.stringMatching(/^[0-9a-f]{0,40}$/).map((text) => ({ text, kind: 'ascii' as const })),
      fc.constant({ text: ',', kind: 'byte' as const }),
      fc.string({ maxLength: 60 }).map((text) => ({ text, kind: 'append' as const })),
    )
    fc.assert(
      fc.property(fc.nat(3), fc.array(piece, { size: 'large' }), (capacity, pieces) => {
        const json = new JsonBytes(capacity)
        for (const { text, kind } of pieces) {
          if (kind === 'put') json.put(literal(text))
          else if (kind === 'ascii') json.ascii(text)
          else if (kind === 'byte') json.byte(text.charCodeAt(0))
          else {
            const other = new JsonBytes(0)
            other.put(literal(text))
            json.append(other)
          }
        }
        expect(textOf(json)).toBe(pieces.map(({ text }) => text).join(''))
      }),
    )
  })

  it('starts anew after clear, in the same memory', () => {
    const json = new JsonBytes(8)
    json.put(literal('x'.repeat(100)))
    const { bytes } = json
    json.clear()
    json.integer(7)
    expect(textOf(json)).toBe('7')
    expect(json.bytes).toBe(bytes)
  })

  it('encodes any name as a JSON text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(JSON.parse(Buffer.from(jsonText(name)).toString('utf8'))).toBe(name)
      }),
    )
  })
})
