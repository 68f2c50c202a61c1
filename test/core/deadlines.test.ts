import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DeadlineQueue } from '../../src/core/deadlines.ts'

const DELAY_MS = 100

type Operation =
  | { readonly kind: 'add'; readonly count: number; readonly afterMs: number }
  | { readonly kind: 'end'; readonly share: number }
  | { readonly kind: 'takeDue'; readonly afterMs: number }
  | { readonly kind: 'dropStale' }

const operation: fc.Arbitrary<Operation> = fc.oneof(
  // Up to 50 at once, so that a handful of them outgrows the 64 places that the queue starts with.
  fc.record({
    kind: fc.constant('add' as const),
    count: fc.integer({ min: 1, max: 50 }),
    afterMs: fc.nat(30),
  }),
  fc.record({ kind: fc.constant('end' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('takeDue' as const), afterMs: fc.nat(120) }),
  fc.record({ kind: fc.constant('dropStale' as const) }),
)

/** The queue as a plain list. */
class NaiveDeadlines {
  entries: { readonly id: number; readonly dueAtMs: number }[] = []

  nextDueAtMs(): number {
    return this.entries[0]?.dueAtMs ?? Number.POSITIVE_INFINITY
  }

  takeDue(nowMs: number): number {
    return this.nextDueAtMs() <= nowMs ? this.entries.shift()!.id : -1
  }

  dropStale(isLive: (id: number) => boolean): void {
    const first = this.entries.findIndex(({ id }) => isLive(id))
    this.entries = first === -1 ? [] : this.entries.slice(first)
  }
}

/** Carries out the operations on both; returns the most entries that were waiting at once. */
function compare(operations: readonly Operation[]): number {
  const queue = new DeadlineQueue(DELAY_MS)
  const naive = new NaiveDeadlines()
  const live = new Set<number>()
  let nowMs = 0
  let nextId = 0
  let most = 0
  for (const step of operations) {
    if ('afterMs' in step) nowMs += step.afterMs
    if (step.kind === 'add') {
      for (let i = 0; i < step.count; i++) {
        const id = nextId++
        live.add(id)
        queue.add(id, nowMs)
        naive.entries.push({ id, dueAtMs: nowMs + DELAY_MS })
      }
    } else if (step.kind === 'end') {
      for (const id of [...live].slice(0, Math.ceil(live.size * step.share))) live.delete(id)
    } else if (step.kind === 'takeDue') {
      let taken: number
      do {
        taken = naive.takeDue(nowMs)
        expect(queue.takeDue(nowMs)).toBe(taken)
        live.delete(taken)
      } while (taken !== -1)
    } else {
      queue.dropStale((id) => live.has(id))
      naive.dropStale((id) => live.has(id))
    }
    most = Math.max(most, naive.entries.length)
    expect(queue.nextDueAtMs()).toBe(naive.nextDueAtMs())
  }
  return most
}

describe('DeadlineQueue', () => {
  it('does what a plain list does', () => {
    let most = 0
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60, size: 'max' }), (operations) => {
        most = Math.max(most, compare(operations))
      }),
      { seed: 1 },
    )
    expect(most, 'the queue never grew').toBeGreaterThan(128)
  })

  it('is due exactly when the delay is over, and not before', () => {
    const queue = new DeadlineQueue(DELAY_MS)
    queue.add(5, 10)
    expect(queue.takeDue(109.999)).toBe(-1)
    expect(queue.takeDue(110)).toBe(5)
    expect(queue.nextDueAtMs()).toBe(Number.POSITIVE_INFINITY)
  })

  it('keeps a live entry that stands behind stale ones, and what is behind it', () => {
    const queue = new DeadlineQueue(DELAY_MS)
    for (const id of [1, 2, 3]) queue.add(id, id)
    queue.dropStale((id) => id === 2)
    expect(queue.takeDue(1000)).toBe(2)
    expect(queue.takeDue(1000)).toBe(3)
  })
})
