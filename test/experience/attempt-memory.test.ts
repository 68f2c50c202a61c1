import { describe, expect, it } from 'vitest'
import { AttemptMemory } from '../../src/experience/attempt-memory.ts'

describe('AttemptMemory', () => {
  it('names the newest decision with the same trace, whatever the number of the attempt', () => {
    const memory = new AttemptMemory()
    expect(memory.retryOf('a', 0, 0)).toBeNull()
    expect(memory.retryOf('b', 0, 1)).toBeNull()
    expect(memory.retryOf('a', 1, 2)).toBe(0)
    expect(memory.retryOf('a', 2, 3)).toBe(2)
    expect(memory.retryOf('b', 5, 4)).toBe(1)
  })

  it('takes a first attempt with a known trace for what it says it is', () => {
    const memory = new AttemptMemory()
    memory.retryOf('a', 0, 0)
    expect(memory.retryOf('a', 0, 1)).toBeNull()
    expect(memory.retryOf('a', 1, 2)).toBe(1)
  })

  it('remembers the last 50,000 traces, and forgets what is more than twice as old', () => {
    const memory = new AttemptMemory()
    for (let i = 0; i < 120_000; i++) memory.retryOf(`t${i}`, 0, i)
    for (const i of [70_001, 99_999, 119_999]) expect(memory.retryOf(`t${i}`, 1, 200_000)).toBe(i)
    expect(memory.retryOf('t5', 1, 200_001)).toBeNull()
  })
})
