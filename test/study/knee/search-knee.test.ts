import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyedUniform } from '../../../src/core/index.ts'
import { type KneeSearchOptions, type RateVerdict, searchKnee } from '../../../src/study/knee/search-knee.ts'

const WIDE: KneeSearchOptions = { lowest: 0.001, highest: 1e6, start: 1, precision: 0.05 }

function target(verdictOf: (rate: number) => RateVerdict) {
  const tried: number[] = []
  const evaluate = async (rate: number) => {
    tried.push(rate)
    return verdictOf(rate)
  }
  return {
    tried,
    search: (options: Partial<KneeSearchOptions> = {}) => searchKnee(evaluate, { ...WIDE, ...options }),
  }
}

const breaksAbove = (knee: number) => (rate: number) => (rate <= knee ? 'holds' : 'breaks')

describe('with a knee', () => {
  it('finds it from anywhere, as closely as asked, in few tries', async () => {
    const property = fc.asyncProperty(
      fc.double({ min: 0.01, max: 1e5, noNaN: true }),
      fc.double({ min: 0.01, max: 1e5, noNaN: true }),
      fc.constantFrom(0.01, 0.05, 0.3),
      async (knee, start, precision) => {
        const { tried, search } = target(breaksAbove(knee))
        const { kind, holds, breaks, mixed } = await search({ start, precision })
        expect(kind).toBe('found')
        expect(mixed).toBe(false)
        expect(holds!).toBeLessThanOrEqual(knee)
        expect(breaks!).toBeGreaterThan(knee)
        expect(breaks! / holds!).toBeLessThanOrEqual(1 + precision)
        const octaves = Math.abs(Math.log2(knee / start))
        const most = octaves + 3 + Math.ceil(Math.log2(1 / Math.log2(1 + precision))) + 1
        expect(tried.length).toBeLessThanOrEqual(most)
      },
    )
    await fc.assert(property, { numRuns: 200 })
  })

  it('never leaves its bounds', async () => {
    const { tried, search } = target(breaksAbove(70))
    expect((await search({ lowest: 50, highest: 90, start: 10 })).kind).toBe('found')
    expect(Math.min(...tried)).toBe(50)
    expect(Math.max(...tried)).toBe(90)
  })
})

describe('without one', () => {
  it('says that it holds throughout', async () => {
    expect(await target(() => 'holds').search({ highest: 100 })).toEqual({
      kind: 'holds-throughout',
      holds: 100,
      breaks: null,
      mixed: false,
    })
  })

  it('says that it breaks throughout', async () => {
    expect(await target(() => 'breaks').search({ lowest: 0.1 })).toEqual({
      kind: 'breaks-throughout',
      holds: null,
      breaks: 0.1,
      mixed: false,
    })
  })

  it('says that the generator was the end of it', async () => {
    const { kind, holds, breaks } = await target((rate) => (rate <= 40 ? 'holds' : 'saturated')).search()
    expect(kind).toBe('generator')
    expect(holds!).toBeLessThanOrEqual(40)
    expect(breaks!).toBeGreaterThan(40)
  })

  it('but not where the target breaks below that', async () => {
    const verdictOf = (rate: number) => (rate > 100 ? 'saturated' : breaksAbove(40)(rate))
    expect((await target(verdictOf).search()).kind).toBe('found')
  })
})

describe('with rates that hold above others that break', () => {
  it('takes the knee below them, and says so', async () => {
    const lucky = (rate: number) => rate <= 10 || (rate > 30 && rate < 34)
    const { search } = target((rate) => (lucky(rate) ? 'holds' : 'breaks'))
    const { kind, holds, breaks, mixed } = await search({ start: 32 })
    expect(kind).toBe('found')
    expect(mixed).toBe(true)
    expect(holds!).toBeLessThanOrEqual(10)
    expect(breaks!).toBeGreaterThan(10)
  })

  it('comes near the knee under noise, and always to an end', async () => {
    // Holds with the probability of a logistic curve around 100, about 10 % wide.
    const found: number[] = []
    for (let repeat = 0; repeat < 200; repeat++) {
      let draw = 0
      const { search, tried } = target((rate) =>
        keyedUniform(repeat, draw++) < 1 / (1 + (rate / 100) ** 20) ? 'holds' : 'breaks',
      )
      const { holds, breaks, kind } = await search()
      expect(tried.length).toBeLessThan(61)
      expect(kind).toBe('found')
      found.push(Math.sqrt(holds! * breaks!))
    }
    const mean = found.reduce((sum, rate) => sum + rate, 0) / found.length
    expect(mean).toBeGreaterThan(93)
    expect(mean).toBeLessThan(105)
  })
})

it('what goes wrong in a try ends the search', async () => {
  const { search } = target((rate) => {
    if (rate > 3) throw new Error('no more')
    return 'holds'
  })
  await expect(search()).rejects.toThrow('no more')
})
