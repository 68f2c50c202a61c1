import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../../src/core/random.ts'
import { ORDERS } from '../../../src/worlds/virtual/event-heap.ts'
import { EventQueue } from '../../../src/worlds/virtual/event-queue.ts'

/** What the queue must do, as plainly as can be: the earliest entry, and among equals the oldest. */
class SortedList {
  readonly #entries: { timeMs: number; payload: number }[] = []

  push(timeMs: number, payload: number): void {
    let from = 0
    let to = this.#entries.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (this.#entries[middle]!.timeMs > timeMs) to = middle
      else from = middle + 1
    }
    this.#entries.splice(to, 0, { timeMs, payload })
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

/** How many entries there are, and how many are then popped and pushed. */
const SIZES = [
  [3000, 4000],
  [40, 500],
  [600, 2000],
  [10, 50],
  [5000, 1000],
  [0, 1],
  [1, 10],
] as const

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

  // Gaps as a shop has them: now, within milliseconds, in seconds, in an hour, and on a grid, where many are equal.
  const gaps: Record<string, (random: () => number) => number> = {
    'of one mean': (random) => -Math.log(1 - random()),
    'on a grid': (random) => Math.floor(random() * 20),
    'of seven orders of magnitude': (random) => 10 ** Math.floor(random() * 8) * random(),
    'mostly none': (random) => (random() < 0.9 ? 0 : 1000 * random()),
    'of some an hour': (random) => (random() < 0.01 ? 3_600_000 : 5 * random()),
    'that do not change the time any more': (random) => Number.MIN_VALUE * Math.floor(random() * 3),
    'that leave no room for others': (random) => (random() < 0.6 ? 1e300 * random() : random()),
  }
  it.each(Object.keys(gaps))('is a sorted list with thousands of entries and gaps %s', (name) => {
    const random = new RandomStreams(3).stream(name)
    const queue = new EventQueue()
    const list = new SortedList()
    let nowMs = 0
    let payload = 0
    const push = () => {
      const timeMs = nowMs + gaps[name]!(random)
      queue.push(timeMs, payload)
      list.push(timeMs, payload++)
    }
    const pop = () => {
      nowMs = list.nextTimeMs
      // Thousands of expectations would take as many seconds.
      const alike = queue.nextTimeMs === nowMs && queue.pop() === list.pop() && queue.size === list.size
      if (!alike) expect.fail(`differs from the list at ${nowMs} with ${list.size} entries`)
    }
    // Filled, held, and run down, so that the layout changes in all directions.
    for (const [size, holds] of SIZES) {
      while (list.size < size) push()
      while (list.size > size) pop()
      for (let i = 0; i < holds && list.size > 0; i++) {
        pop()
        push()
      }
    }
  })

  it('counts the order of entry anew when there are no numbers left', () => {
    const random = new RandomStreams(4).stream('events')
    // Events of three kinds wait when it happens: in the heap, in a bucket, and behind the buckets.
    for (const before of [1, 50, 500, 4000]) {
      const queue = new EventQueue(ORDERS - before)
      const list = new SortedList()
      for (let payload = 0; payload < before + 600; payload++) {
        const timeMs = Math.floor(random() * 40) ** 2
        queue.push(timeMs, ~payload)
        list.push(timeMs, ~payload)
      }
      while (list.size > 0) expect(queue.pop()).toBe(list.pop())
      expect(queue.size).toBe(0)
    }
  })
})
