import { describe, expect, it } from 'vitest'
import { exponential, RandomStreams } from '../../src/core/random.ts'
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
    expect(slowness.value).toBeGreaterThan(2.6)
  })

  it('finds out within twenty answers that an instance lost its speed, and that it has it back', () => {
    const slowness = new Slowness()
    for (let i = 0; i < 1000; i++) slowness.add(i, 1)
    for (let i = 0; i < 20; i++) slowness.add(1000 + i, 3.3)
    expect(slowness.value).toBeGreaterThan(2.8)
    for (let i = 0; i < 200; i++) slowness.add(2000 + i, 3.3)
    for (let i = 0; i < 30; i++) slowness.add(3000 + i, 1)
    expect(slowness.value).toBeLessThan(1.2)
  })

  it('is not moved by noise', () => {
    const slowness = new Slowness()
    const random = new RandomStreams(1).stream('work')
    for (let i = 0; i < 500; i++) slowness.add(i, exponential(random, 1))
    let furthest = 0
    for (let i = 500; i < 5000; i++) {
      slowness.add(i, exponential(random, 1))
      furthest = Math.max(furthest, Math.abs(Math.log(slowness.value)))
    }
    expect(furthest).toBeLessThan(Math.log(2.5))
  })

  it('forgets what it heard long ago', () => {
    const slowness = new Slowness()
    for (let i = 0; i < 1000; i++) slowness.add(i, 1)
    slowness.add(600_000, 3)
    expect(slowness.value).toBeCloseTo(3, 3)
  })
})
