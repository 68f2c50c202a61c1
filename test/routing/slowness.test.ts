import { describe, expect, it } from 'vitest'
import { Slowness } from '../../src/routing/slowness.ts'

describe('Slowness', () => {
  it('is the mean of the first answers', () => {
    const slowness = new Slowness()
    expect(slowness.value).toBeNaN()
    for (const ratio of [1, 2, 3, 4]) slowness.add(0, ratio)
    expect(slowness.value).toBeCloseTo(2.5, 9)
  })

  it('follows an instance that becomes slow within a hundred answers', () => {
    const slowness = new Slowness()
    for (let i = 0; i < 1000; i++) slowness.add(i, 1)
    for (let i = 1000; i < 1100; i++) slowness.add(i, 3)
    expect(slowness.value).toBeGreaterThan(2.8)
  })

  it('forgets what it heard long ago', () => {
    const slowness = new Slowness()
    for (let i = 0; i < 1000; i++) slowness.add(i, 1)
    slowness.add(60_000, 3)
    expect(slowness.value).toBeCloseTo(3, 3)
  })
})
