/** What every kind of fault in the list must keep, with any parameters that it allows, and what each does to a run. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RandomStreams } from '../../src/core/index.ts'
import type { Effect, EffectChange, FaultKind, FaultWindow } from '../../src/shop/index.ts'
import { faultKinds } from '../../src/shop/index.ts'

/** Every pause and every gap of a kind is a millisecond long at least, on average ten. */
const MOST_CHANGES = 20_000
/** Times end in their unit; what has no unit is a share, a factor, a speed, a status or a limit. */
const NAMES_WITH_UNITS = /(Ms|Seconds|[rR]ate|[fF]actor|[sS]peed|slowest|memory|status|[lL]imit)$/

type Window = Omit<FaultWindow, 'random'> & { readonly seed: number }

/** Any window of up to a minute with any parameters that validation lets pass. */
function anyWindowOf({ parameters }: FaultKind): fc.Arbitrary<Window> {
  const values = parameters.map(({ name, min, max, whole }) => {
    const any = whole === true ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true })
    return [name, fc.oneof(any, fc.constant(min), fc.constant(max))] as const
  })
  return fc
    .record({
      startMs: fc.integer({ min: 0, max: 10_000_000 }),
      lengthMs: fc.integer({ min: 1, max: 60_000 }),
      parameters: fc.record(Object.fromEntries(values)),
      seed: fc.nat(),
    })
    .map(({ lengthMs, ...window }) => ({ ...window, endMs: window.startMs + lengthMs }))
}

function changesOf(kind: FaultKind, { seed, ...window }: Window): EffectChange[] {
  return [...kind.changes({ ...window, random: new RandomStreams(seed).stream('fault') })]
}

/** Why an effect is none, in words; undefined if it is one. */
function complaintOf(effect: Effect): string | undefined {
  const { speed = 1, queueLimit = 0, leakedMemory = 0, delay, verdict } = effect
  const isShare = (value: number): boolean => value >= 0 && value <= 1
  const isTime = (value: number): boolean => value >= 0 && value < Number.POSITIVE_INFINITY
  if (!isShare(speed)) return `speed ${speed}`
  if (!isShare(leakedMemory)) return `leaked memory ${leakedMemory}`
  if (!Number.isInteger(queueLimit) || queueLimit < 0) return `queue limit ${queueLimit}`
  if (delay !== undefined) {
    const { latencyMs, jitterMs, factor, rate } = delay
    const sound = isTime(latencyMs) && isTime(jitterMs) && isShare(rate) && factor >= 1 && isTime(factor)
    if (!sound) return `delay ${JSON.stringify(delay)}`
  }
  if (verdict === undefined) return undefined
  const { share, of } = verdict
  if (!isShare(share)) return `share ${share}`
  if (of.kind === 'silence') return undefined
  if (of.kind === 'answer' && !(Number.isInteger(of.status) && of.status >= 400 && of.status <= 599))
    return `status ${of.status}`
  return isTime(of.afterMs) ? undefined : `after ${of.afterMs} ms`
}

describe.each(faultKinds.all.map((kind) => [kind.name, kind] as const))('%s', (_, kind) => {
  const anyWindow = anyWindowOf(kind)
  const always = (holds: (window: Window, changes: readonly EffectChange[]) => void): void => {
    fc.assert(
      fc.property(anyWindow, (window) => {
        holds(window, changesOf(kind, window))
      }),
      { numRuns: 60 },
    )
  }

  it('tells its changes in the order of time, none before the window', () => {
    always(({ startMs }, changes) => {
      let lastMs = startMs
      for (const { atMs } of changes) {
        if (!(atMs >= lastMs && atMs < Number.POSITIVE_INFINITY)) expect.fail(`${atMs} after ${lastMs}`)
        lastMs = atMs
      }
    })
  })

  it('ends: with its window, or when it says that nothing is left of it', () => {
    always((window, changes) => {
      if (changes.length === 0) return
      const { atMs, effect } = changes.at(-1)!
      const lastMs = kind.effectEndMs?.(window) ?? window.endMs
      expect(effect).toBeUndefined()
      expect(atMs).toBeLessThanOrEqual(lastMs + 1e-3)
      if (kind.effectEndMs !== undefined) expect(atMs).toBeCloseTo(lastMs, 3)
    })
  })

  it('has only effects that a replica can have', () => {
    always((_window, changes) => {
      for (const { effect } of changes) {
        const complaint = effect && complaintOf(effect)
        if (complaint !== undefined) expect.fail(complaint)
      }
    })
  })

  it('changes a bounded number of times', () => {
    always((_window, { length }) => expect(length).toBeLessThan(MOST_CHANGES))
  })

  it('changes alike with the same random numbers', () => {
    always((window, changes) => expect(changesOf(kind, window)).toEqual(changes))
  })

  it('takes the share of the requests that it says it takes', () => {
    always(({ parameters }, changes) => {
      const shares = changes.map(({ effect }) => (effect?.down ? 1 : (effect?.verdict?.share ?? 0)))
      expect(Math.max(0, ...shares)).toBe(kind.taken?.(parameters) ?? 0)
    })
  })

  it('says in words what it is, what others call it, and what each parameter means', () => {
    const { name, summary, knownAs, parameters } = kind
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    for (const text of [summary, knownAs, ...parameters.map((parameter) => parameter.summary)]) {
      expect(text).toMatch(/^\S.*[^\s.]$/)
    }
    for (const { name: parameter } of parameters) expect(parameter).toMatch(NAMES_WITH_UNITS)
  })

  it('has defaults within its own limits', () => {
    for (const { default: value, min, max, whole } of kind.parameters) {
      expect(min).toBeLessThan(max)
      if (value === undefined) continue
      expect(value).toBeGreaterThanOrEqual(min)
      expect(value).toBeLessThanOrEqual(max)
      if (whole === true) expect(Number.isInteger(value)).toBe(true)
    }
  })
})
