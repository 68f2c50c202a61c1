import { expect, test } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { CrossEntropy } from '../../../src/learning/search/cross-entropy.ts'

const options = {
  mean: Float64Array.of(0, 0, 0),
  sigma: Float64Array.of(2, 2, 0),
  population: 40,
  eliteShare: 0.2,
  generations: 30,
  noise: 0.1,
}

function quadratic([x, y, z]: ArrayLike<number> & Iterable<number>): number {
  return (x! - 3) ** 2 + 10 * (y! + 1) ** 2 + z! ** 2
}

function search(generations: number, method = new CrossEntropy(options), first = 1): CrossEntropy {
  const streams = new RandomStreams(1)
  for (let g = first; g <= generations; g++) {
    const candidates = method.draw(streams.stream(`${g}`))
    method.learn(candidates, candidates.map(quadratic))
  }
  return method
}

test('finds the least of a quadratic, and leaves alone what has no sigma', () => {
  const { mean } = search(30)
  expect(mean[0]).toBeCloseTo(3, 1)
  expect(mean[1]).toBeCloseTo(-1, 1)
  expect(mean[2]).toBe(0)
})

test('goes on from what was saved as if nothing had been', () => {
  const other = new CrossEntropy(options)
  other.restore(search(10).save())
  expect(search(30, other, 11).mean).toEqual(search(30).mean)
})

test('the first candidate is the mean, then come those that are given', () => {
  const method = new CrossEntropy(options)
  const given = [Float64Array.of(3, -1, 0)]
  const candidates = method.draw(new RandomStreams(1).stream('draw'), given)
  expect(candidates).toHaveLength(40)
  expect(candidates[0]).toEqual(method.mean)
  expect(candidates[1]).toEqual(given[0])
})

test('a cost that is not a number is worst', () => {
  const method = new CrossEntropy({ ...options, noise: 0 })
  const candidates = method.draw(new RandomStreams(1).stream('draw'))
  method.learn(
    candidates,
    candidates.map(([x], k) => (k % 2 === 0 ? Number.NaN : -x!)),
  )
  expect(method.mean[0]).toBeGreaterThan(0.5)
})
