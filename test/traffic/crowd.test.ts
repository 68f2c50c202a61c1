import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Phase } from '../../src/scenario/index.ts'
import { Crowd, type CrowdMember, levelSteps } from '../../src/traffic/index.ts'
import { type PhaseSettings, phaseOf } from '../shop/small-scenario.ts'

const SEED = 1

interface Member extends CrowdMember {
  phase: number
}

/** A crowd that writes down who comes and who goes. Members are numbered as they come. */
function crowdOf(phases: readonly Phase[]) {
  const there = new Set<Member>()
  const log: string[] = []
  let number = 0
  const crowd = new Crowd<Member>(phases, SEED, {
    join: (phase) => {
      const member = { phase, number: number++ }
      there.add(member)
      log.push(`+${member.number}`)
      return member
    },
    move: (member, phase) => {
      member.phase = phase
    },
    leave: (member) => {
      there.delete(member)
      log.push(`-${member.number}`)
    },
  })
  return { crowd, there, log }
}

function phasesOf(...phases: PhaseSettings[]): Phase[] {
  return phases.map((phase) => phaseOf({ rampUpMs: 0, startMs: 0, durationMs: 100, ...phase }))
}

const numbersIn = (there: Set<Member>, phase: number): number[] =>
  [...there].filter((member) => member.phase === phase).map(({ number }) => number)

describe('Crowd', () => {
  it('moves users on to the next phase instead of sending them away', () => {
    const { crowd, there, log } = crowdOf(phasesOf({ users: 3 }, { startMs: 100, users: 3 }))
    crowd.advance(0)
    log.length = 0
    crowd.advance(100)
    expect(log).toEqual([])
    expect(numbersIn(there, 1)).toEqual([0, 1, 2])
  })

  it('counts who comes, over all phases whose users go on with others, and else by phase', () => {
    const places: [phase: number, place: number][] = []
    const own = { gracefulStopMs: 0, users: 2 }
    const phases = phasesOf({ users: 2 }, own, { startMs: 100, users: 3 }, { ...own, startMs: 100 })
    const crowd = new Crowd<Member>(phases, SEED, {
      join: (phase, place) => {
        places.push([phase, place])
        return { phase, number: places.length }
      },
      move: (member, phase) => {
        member.phase = phase
      },
      leave: () => {},
    })
    crowd.advance(0)
    crowd.advance(100)
    const inFirst = [0, 1].flatMap((phase) => [0, 1].map((place) => [phase, place]))
    expect(places).toEqual([...inFirst, [2, 2], [3, 0], [3, 1]])
  })

  it('sends the youngest away, the youngest of all of them first', () => {
    const { crowd, log } = crowdOf(phasesOf({ users: 5 }, { startMs: 100, users: 2 }))
    crowd.advance(0)
    log.length = 0
    crowd.advance(100)
    expect(new Set(log)).toEqual(new Set(['-2', '-3', '-4']))
  })

  it('keeps the oldest also where users of several phases are too many', () => {
    const { crowd, there } = crowdOf(phasesOf({ users: 2 }, { users: 2 }, { startMs: 100, users: 2 }))
    crowd.advance(0)
    crowd.advance(100)
    expect(numbersIn(there, 2)).toEqual([0, 1])
  })

  it('tells when the levels change next, and takes all changes that are due', () => {
    const { crowd } = crowdOf(phasesOf({ users: 2, rampUpMs: 40 }))
    expect(crowd.nextChangeAtMs()).toBe(10)
    crowd.advance(35)
    expect([crowd.size, crowd.nextChangeAtMs()]).toEqual([2, 100])
    crowd.advance(100)
    expect([crowd.size, crowd.nextChangeAtMs()]).toEqual([0, Number.POSITIVE_INFINITY])
  })

  it('is over when it is cleared', () => {
    const { crowd, there } = crowdOf(phasesOf({ users: 3 }, { startMs: 100, users: 5 }))
    crowd.advance(0)
    crowd.clear()
    expect([there.size, crowd.size, crowd.nextChangeAtMs()]).toEqual([0, 0, Number.POSITIVE_INFINITY])
    crowd.advance(100)
    expect(crowd.size).toBe(0)
  })
})

const anyPhases = fc.array(
  fc
    .record({
      startMs: fc.integer({ min: 0, max: 6 }),
      durationMs: fc.integer({ min: 1, max: 6 }),
      rampUpMs: fc.integer({ min: 0, max: 4 }),
      users: fc.integer({ min: 0, max: 6 }),
      varied: fc.constantFrom(0, 0.3, 1),
    })
    // Several minutes each, so that levels that vary change in the middle of other phases.
    .map(({ varied, ...phase }) => ({
      ...phase,
      startMs: phase.startMs * 60_000,
      durationMs: phase.durationMs * 60_000,
      rampUpMs: phase.rampUpMs * 10_000,
      variability: { users: varied, thinkTime: 0, actions: 0 },
    })),
  { minLength: 1, maxLength: 5 },
)

describe('Crowd, compared with a naive model', () => {
  it('has the wanted sizes after every change, with no more coming and going than that takes', () => {
    fc.assert(
      fc.property(anyPhases, (settings) => {
        const phases = phasesOf(...settings)
        const { crowd, there, log } = crowdOf(phases)
        const wanted = phases.map(() => 0)
        const steps = levelSteps(phases, SEED)
        for (const [i, step] of steps.entries()) {
          wanted[step.phase] = step.users
          if (steps[i + 1]?.atMs === step.atMs) continue
          const before = there.size
          log.length = 0
          crowd.advance(step.atMs)

          const total = wanted.reduce((sum, users) => sum + users, 0)
          expect(there.size).toBe(total)
          expect(crowd.size).toBe(there.size)
          for (const [phase, users] of wanted.entries()) {
            expect(numbersIn(there, phase)).toHaveLength(crowd.sizeOf(phase))
            expect(crowd.sizeOf(phase)).toBe(users)
          }
          expect(log).toHaveLength(Math.abs(there.size - before))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('keeps in each phase the oldest that were there, and lets the youngest of the rest go', () => {
    fc.assert(
      fc.property(anyPhases, (settings) => {
        const phases = phasesOf(...settings)
        const { crowd, there } = crowdOf(phases)
        const wanted = phases.map(() => 0)
        const steps = levelSteps(phases, SEED)
        for (const [i, step] of steps.entries()) {
          wanted[step.phase] = step.users
          if (steps[i + 1]?.atMs === step.atMs) continue
          const surplus: number[] = []
          let places = 0
          for (const [phase, users] of wanted.entries()) {
            const numbers = numbersIn(there, phase).toSorted((a, b) => a - b)
            surplus.push(...numbers.slice(users))
            places += Math.max(0, users - numbers.length)
          }
          const leaving = surplus.toSorted((a, b) => a - b).slice(places)
          const before = new Set([...there].map(({ number }) => number))
          crowd.advance(step.atMs)
          for (const { number } of there) before.delete(number)
          expect([...before].toSorted((a, b) => a - b)).toEqual(leaving)
        }
      }),
      { numRuns: 300 },
    )
  })
})
