/** The compiled kernel: it is what its source compiles to, and it computes what plain TypeScript computes. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileKernel, moduleSource } from '../../../assembly/build-kernel.ts'
import { type Random, RandomStreams } from '../../../src/core/index.ts'
import { createKernel } from '../../../src/learning/networks/kernel/create-kernel.ts'
import { type Kernel, NONE } from '../../../src/learning/networks/kernel/kernel.ts'
import { KERNEL_BASE64 } from '../../../src/learning/networks/kernel/kernel-module.ts'

const KINDS = ['simd', 'plain'] as const

function filled(kernel: Kernel, length: number, random: Random): number {
  const at = kernel.allocate(length)
  for (let k = 0; k < length; k++) kernel.numbers[at + k] = 2 * random() - 1
  return at
}

/** What both kernels make of the same numbers. */
function onBoth(seed: number, compute: (kernel: Kernel, random: Random) => readonly [number, number]) {
  return KINDS.map((kind) => {
    const kernel = createKernel(kind)
    const [at, length] = compute(kernel, new RandomStreams(seed).stream('numbers'))
    return Array.from(kernel.copy(at, length))
  }) as [number[], number[]]
}

function expectClose([simd, plain]: readonly [number[], number[]], tolerance = 1e-5): void {
  expect(simd.length).toBe(plain.length)
  const largest = Math.max(...plain.map((value, k) => Math.abs(simd[k]! - value)))
  expect(largest).toBeLessThan(tolerance)
}

const fours = (most: number) => fc.integer({ min: 1, max: most }).map((n) => 4 * n)

describe('the kernel', () => {
  it('is what its source compiles to, byte by byte', async () => {
    const module = await compileKernel()
    expect(Buffer.from(module).toString('base64')).toBe(KERNEL_BASE64)
    expect(moduleSource(module)).toContain(KERNEL_BASE64)
  }, 60_000)

  it('multiplies like the definition of a product', () => {
    for (const kind of KINDS) {
      const kernel = createKernel(kind)
      const a = filled(kernel, 4 * 3, new RandomStreams(1).stream('a'))
      const b = filled(kernel, 3 * 4, new RandomStreams(2).stream('b'))
      const bias = filled(kernel, 4, new RandomStreams(3).stream('bias'))
      const c = kernel.allocate(16)
      kernel.multiply({ at: a, row: 3, column: 1 }, b, c, 4, 4, 3, bias, true)
      const x = kernel.numbers
      for (let i = 0; i < 4; i++) {
        for (let j = 0; j < 4; j++) {
          let sum = x[bias + j]!
          for (let p = 0; p < 3; p++) sum += x[a + i * 3 + p]! * x[b + p * 4 + j]!
          expect(x[c + i * 4 + j]).toBeCloseTo(Math.max(0, sum), 5)
        }
      }
    }
  })

  it('multiplies alike in both fillings, for all shapes, plain and transposed, with and without bias and ReLU', () => {
    fc.assert(
      fc.property(
        fours(4),
        fours(6),
        fc.integer({ min: 1, max: 33 }),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (rows, columns, depth, withBias, relu, transposed) => {
          const results = onBoth(rows + columns + depth, (kernel, random) => {
            const a = filled(kernel, rows * depth, random)
            const b = filled(kernel, depth * columns, random)
            const bias = filled(kernel, columns, random)
            const c = kernel.allocate(rows * columns)
            const strided = transposed ? { at: a, row: 1, column: rows } : { at: a, row: depth, column: 1 }
            kernel.multiply(strided, b, c, rows, columns, depth, withBias ? bias : NONE, relu)
            return [c, rows * columns]
          })
          expectClose(results)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('transposes, sums columns and masks alike in both fillings', () => {
    fc.assert(
      fc.property(fours(5), fours(5), (rows, columns) => {
        const length = rows * columns
        const transposed = onBoth(rows, (kernel, random) => {
          const from = filled(kernel, length, random)
          const to = kernel.allocate(length)
          kernel.transpose(from, to, rows, columns)
          expect(kernel.numbers[to + 1]).toBe(kernel.numbers[from + columns])
          return [to, length]
        })
        expectClose(transposed)
        const sums = onBoth(rows, (kernel, random) => {
          const from = filled(kernel, length, random)
          const to = filled(kernel, columns, random)
          kernel.columnSums(from, to, rows, columns)
          return [to, columns]
        })
        expectClose(sums)
        const masked = onBoth(rows, (kernel, random) => {
          const activations = filled(kernel, length, random)
          const gradients = filled(kernel, length, random)
          kernel.reluMask(activations, gradients, length, 0.5)
          return [gradients, length]
        })
        expectClose(masked)
        expect(masked[0].filter((value) => value === 0).length).toBeGreaterThan(0)
      }),
      { numRuns: 20 },
    )
  })

  it('steps Adam like its algorithm, on both fillings', () => {
    const step = { rate: 0.01, correction: 2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, scale: 0.5 }
    const results = onBoth(1, (kernel, random) => {
      const [w, g, m] = [filled(kernel, 8, random), filled(kernel, 8, random), filled(kernel, 8, random)]
      const v = filled(kernel, 8, random)
      for (let k = 0; k < 8; k++) kernel.numbers[v + k] = Math.abs(kernel.numbers[v + k]!)
      const before = Array.from(kernel.numbers)
      kernel.adam(w, g, m, v, 8, step)
      for (let k = 0; k < 8; k++) {
        const gradient = 0.5 * before[g + k]!
        const mean = 0.9 * before[m + k]! + 0.1 * gradient
        const square = 0.999 * before[v + k]! + 0.001 * gradient ** 2
        expect(kernel.numbers[m + k]).toBeCloseTo(mean, 6)
        expect(kernel.numbers[v + k]).toBeCloseTo(square, 6)
        expect(kernel.numbers[w + k]).toBeCloseTo(
          before[w + k]! - (0.01 * mean) / (2 * Math.sqrt(square) + 1e-8),
          6,
        )
      }
      return [w, 8]
    })
    expectClose(results)
  })

  it('keeps what stands in its memory when that grows', () => {
    for (const kind of KINDS) {
      const kernel = createKernel(kind)
      const first = filled(kernel, 12, new RandomStreams(1).stream('numbers'))
      const before = kernel.copy(first, 12)
      const far = kernel.allocate(3_000_000)
      expect(far).toBeGreaterThanOrEqual(first + 12)
      expect(far % 4).toBe(0)
      expect(kernel.numbers.length).toBeGreaterThanOrEqual(far + 3_000_000)
      expect(kernel.copy(first, 12)).toEqual(before)
      expect(kernel.sumOfSquares(far, 1024)).toBe(0)
    }
  })
})
