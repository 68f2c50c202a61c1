/**
 * The users that are there, phase by phase, kept at the levels that the scenario asks for.
 *
 * When one phase ends and another needs users, they move over and shop on; only a real surplus leaves, the
 * youngest first. Sans-IO: the world tells the time and starts or stops the members.
 */
import type { Phase } from '../scenario/index.ts'
import { type LevelStep, levelSteps } from './user-levels.ts'

export interface CrowdMember {
  /** Index of the phase that the user belongs to now. */
  phase: number
  /** In the order in which users came. */
  readonly number: number
}

export interface CrowdEvents<Member> {
  /** A new user is needed in the phase. Undefined if it cannot come: the level stays short. */
  join(phase: number): Member | undefined
  /** The user is not needed any more. */
  leave(member: Member): void
}

export class Crowd<Member extends CrowdMember> {
  readonly #events: CrowdEvents<Member>
  /** Still to come, the next one last: those that are done need not be kept. */
  readonly #steps: LevelStep[]
  readonly #wanted: number[]
  /** By phase, oldest first: the youngest is the first to leave. */
  readonly #members: Member[][]
  #size = 0

  /** @param seed of the levels of phases that vary */
  constructor(phases: readonly Phase[], seed: number, events: CrowdEvents<Member>) {
    this.#events = events
    this.#steps = levelSteps(phases, seed).reverse()
    this.#wanted = phases.map(() => 0)
    this.#members = phases.map(() => [])
  }

  get size(): number {
    return this.#size
  }

  sizeOf(phase: number): number {
    return this.#members[phase]!.length
  }

  /** Everybody leaves, and nobody comes any more. */
  clear(): void {
    this.#steps.length = 0
    this.#wanted.fill(0)
    this.advance(0)
  }

  /** When the levels change next; Infinity when they never will. */
  nextChangeAtMs(): number {
    return this.#steps.at(-1)?.atMs ?? Number.POSITIVE_INFINITY
  }

  /** Takes all steps due by now and moves, stops and starts users accordingly. */
  advance(nowMs: number): void {
    while (this.nextChangeAtMs() <= nowMs) {
      const step = this.#steps.pop()!
      this.#wanted[step.phase] = step.users
    }
    const surplus = this.#members.flatMap((members, phase) => members.splice(this.#wanted[phase]!))
    surplus.sort(oldestFirst)
    for (const [phase, members] of this.#members.entries()) {
      const moved = surplus.splice(0, Math.max(0, this.#wanted[phase]! - members.length))
      for (const member of moved) {
        member.phase = phase
        members.push(member)
      }
      if (moved.length > 0) members.sort(oldestFirst)
      this.#fill(phase, members)
    }
    for (const member of surplus) {
      this.#size--
      this.#events.leave(member)
    }
  }

  #fill(phase: number, members: Member[]): void {
    while (members.length < this.#wanted[phase]!) {
      const member = this.#events.join(phase)
      if (member === undefined) return
      this.#size++
      members.push(member)
    }
  }
}

function oldestFirst(a: CrowdMember, b: CrowdMember): number {
  return a.number - b.number
}
