import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { Ridge } from '../../../src/learning/linear-q/ridge.ts'

const random = new RandomStreams(3).stream('data')
const ALL = Int32Array.of(0, 1, 2)

/** Rows (1, a, b) with targets 2 + 3 a - b, and what a ridge regression makes of them. */
function fitted(lambda: number, noise = 0): Float64Array {
  const ridge = new Ridge(3)
  const rows = Array.from({ length: 400 }, () => Float64Array.of(1, random() - 0.5, random() - 0.5))
  for (const row of rows) ridge.addRow(ALL, row, 3)
  ridge.factor(lambda)
  for (const row of rows) {
    ridge.addTarget(ALL, row, 3, 2 + 3 * row[1]! - row[2]! + noise * (random() - 0.5))
  }
  const weights = new Float64Array(3)
  ridge.solve(weights)
  return weights
}

test('without a ridge, the weights that made the data', () => {
  const weights = fitted(0)
  for (const [i, expected] of [2, 3, -1].entries()) expect(weights[i]).toBeCloseTo(expected, 5)
  expect(fitted(0, 0.1)[1]).toBeCloseTo(3, 1)
})

test('a ridge draws weights to zero, all but the constant', () => {
  const [constant, a, b] = fitted(1e6)
  expect(constant).toBeCloseTo(2, 0)
  expect(Math.abs(a!)).toBeLessThan(1e-5)
  expect(Math.abs(b!)).toBeLessThan(1e-5)
})

// (X'X / n + lambda D) w = X'y / n, with X'X of dense rows, must hold of what comes out.
test('solves its equations, also where columns depend on each other', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
        minLength: 2,
        maxLength: 9,
      }),
      fc.constantFrom(0.01, 1),
      (data, lambda) => {
        const ridge = new Ridge(3)
        const rows = data.map(([a, b]) => [1, a, 2 * a + b * 0] as const)
        for (const row of rows) ridge.addRow(ALL, Float64Array.from(row), 3)
        ridge.factor(lambda)
        for (const [i, row] of rows.entries()) ridge.addTarget(ALL, Float64Array.from(row), 3, data[i]![1])
        const w = new Float64Array(3)
        ridge.solve(w)
        const n = rows.length
        for (let j = 0; j < 3; j++) {
          let left = (j === 0 ? 0 : lambda) * w[j]!
          let right = 0
          for (const [i, row] of rows.entries()) {
            left += (row[j]! * (row[0] * w[0]! + row[1] * w[1]! + row[2] * w[2]!)) / n
            right += (row[j]! * data[i]![1]) / n
          }
          expect(left).toBeCloseTo(right, 4)
        }
      },
    ),
  )
})
