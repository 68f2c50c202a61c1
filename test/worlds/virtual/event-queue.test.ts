import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/index.ts'
import { EventQueue } from '../../../src/worlds/index.ts'

/** What the queue must do, as plainly as can be: the earliest entry, and among equals the oldest. */
class SortedList {
  readonly #entries: { timeMs: number; payload: number }[] = []

  push(timeMs: number, payload: number): void {
    const later = this.#entries.findIndex((entry) => entry.timeMs > timeMs)
    this.#entries.splice(later === -1 ? this.#entries.length : later, 0, { timeMs, payload })
  }

  pop(): number {
    return this.#entries.shift()!.payload
  }

  get size(): number {
    return this.#entries.length
  }

  get nextTimeMs(): number {
    return this.#entries[0]?.timeMs ?? Number.POSITIVE_INFINITY
  }
}

/** A time to push at, or a pop. Few different times, so that many are equal. */
const anyStep = fc.option(
  fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ min: 0, max: 1e9, noNaN: true })),
  {
    nil: 'pop' as const,
    freq: 3,
  },
)

describe('EventQueue', () => {
  it('is a sorted list, whatever is pushed and popped in between', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 300 }), (steps) => {
        const queue = new EventQueue()
        const list = new SortedList()
        for (const [payload, step] of steps.entries()) {
          if (step !== 'pop') {
            queue.push(step, payload)
            list.push(step, payload)
          } else if (list.size > 0) expect(queue.pop()).toBe(list.pop())
          expect([queue.size, queue.nextTimeMs]).toEqual([list.size, list.nextTimeMs])
        }
        while (list.size > 0) expect(queue.pop()).toBe(list.pop())
        expect(queue.size).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps the order of entry among thousands of events of one instant', () => {
    const queue = new EventQueue()
    for (let i = 0; i < 5000; i++) queue.push(7, i)
    for (let i = 0; i < 5000; i++) expect(queue.pop()).toBe(i)
  })

  it('grows beyond its first 1024 entries and stays sorted, popped down and filled up again', () => {
    const queue = new EventQueue()
    const random = new RandomStreams(1).stream('events')
    let lastMs = 0
    const popTo = (size: number) => {
      while (queue.size > size) {
        expect(queue.nextTimeMs).toBeGreaterThanOrEqual(lastMs)
        lastMs = queue.nextTimeMs
        queue.pop()
      }
    }
    for (const target of [1024, 1025, 10_000]) {
      while (queue.size < target) queue.push(lastMs + Math.floor(random() * 50), queue.size)
      popTo(target - 500)
    }
    popTo(0)
    expect(queue.nextTimeMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('carries any int32', () => {
    const queue = new EventQueue()
    const payloads = [0, -1, 2 ** 31 - 1, -(2 ** 31)]
    for (const [timeMs, payload] of payloads.entries()) queue.push(timeMs, payload)
    expect(payloads.map(() => queue.pop())).toEqual(payloads)
  })
})
