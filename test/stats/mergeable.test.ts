import { describe, expect, it } from 'vitest'
import { CountsByName, counters, countersFromJSON, Histogram, PartsByName } from '../../src/stats/index.ts'

describe('parts by name', () => {
  it('are made when they are asked for, and merged with those of the same name', () => {
    const [ours, theirs] = [
      new PartsByName(() => new Histogram()),
      new PartsByName(() => new Histogram()),
    ] as const
    ours.at('b').record(1)
    theirs.at('b').record(2)
    theirs.at('a').record(3)
    ours.merge(theirs)
    expect([...ours].map(([name, { count }]) => [name, count])).toEqual([
      ['b', 2],
      ['a', 1],
    ])
    expect(theirs.get('b')!.count).toBe(1)
  })

  it('are written in the order of their names, whatever came first', () => {
    const make = (names: readonly string[]): string => {
      const parts = new PartsByName(() => counters('passes', 'fails'))
      for (const name of names) parts.at(name).passes++
      return JSON.stringify(parts)
    }
    expect(make(['ä', 'z', 'Z', 'a'])).toBe(make(['a', 'z', 'ä', 'Z']))
    expect(Object.keys(JSON.parse(make(['ä', 'z', 'Z', 'a'])) as object)).toEqual(['Z', 'a', 'z', 'ä'])
  })

  it('are read back', () => {
    const parts = new PartsByName(() => new Histogram())
    parts.at('x').record(7)
    const copy = new PartsByName(() => new Histogram()).read(parts.toJSON(), Histogram.fromJSON)
    expect(JSON.stringify(copy)).toBe(JSON.stringify(parts))
  })
})

describe('counts', () => {
  it('by name add up', () => {
    const counts = CountsByName.fromJSON({ timeout: 2, 503: 1 })
    const others = new CountsByName()
    others.add('503')
    others.add('reset', 4)
    counts.merge(others)
    expect(counts.toJSON()).toEqual({ 503: 2, reset: 4, timeout: 2 })
  })

  it('of a fixed set add up, and keep their order', () => {
    const sessions = counters('started', 'completed')
    sessions.started += 3
    sessions.merge(countersFromJSON({ started: 1, completed: 2 }) as typeof sessions)
    expect(JSON.stringify(sessions)).toBe('{"started":4,"completed":2}')
  })
})
