/**
 * The users that are there, phase by phase, kept at the levels that the scenario asks for.
 *
 * When one phase ends and another needs users, they move over and shop on, if both phases are of that kind; only a
 * real surplus leaves, the youngest first. Sans-IO: the world tells the time and starts or stops the members. Whether
 * there is room for a member is the world's affair, too: who comes and goes here is the plan.
 */
import type { Phase } from '../scenario/index.ts'
import { handsOn, type LevelStep, levelSteps } from './user-levels.ts'

export interface CrowdMember {
  /** Index of the phase that the user belongs to now. */
  readonly phase: number
  /** In the order in which users came. */
  readonly number: number
}

export interface CrowdEvents<Member> {
  /**
   * A new user is needed in the phase.
   *
   * @param place how many came before, to this phase or, if its users go on with others, to any such
   */
  join(phase: number, place: number): Member
  /** The user goes on in another phase. */
  move(member: Member, phase: number): void
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
  /** By phase: whether its users go on with others. */
  readonly #handsOn: readonly boolean[]
  /** By phase: how many have come; in those whose users go on with others, all count as the first of them. */
  readonly #joined: number[]
  #size = 0

  /** @param seed of the levels of phases that vary */
  constructor(phases: readonly Phase[], seed: number, events: CrowdEvents<Member>) {
    this.#events = events
    this.#steps = levelSteps(phases, seed).reverse()
    this.#wanted = phases.map(() => 0)
    this.#members = phases.map(() => [])
    this.#handsOn = phases.map(handsOn)
    this.#joined = phases.map(() => 0)
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
    const surplus: Member[] = []
    for (const [phase, members] of this.#members.entries()) {
      const over = members.splice(this.#wanted[phase]!)
      if (this.#handsOn[phase]!) surplus.push(...over)
      else for (const member of over) this.#leave(member)
    }
    surplus.sort(oldestFirst)
    for (const [phase, members] of this.#members.entries()) {
      if (this.#handsOn[phase]!) this.#moveTo(phase, members, surplus)
      while (members.length < this.#wanted[phase]!) {
        const counted = this.#handsOn[phase]! ? this.#handsOn.indexOf(true) : phase
        members.push(this.#events.join(phase, this.#joined[counted]!++))
        this.#size++
      }
    }
    for (const member of surplus) this.#leave(member)
  }

  /** Takes the oldest of the surplus, as many as there is need for. */
  #moveTo(phase: number, members: Member[], surplus: Member[]): void {
    const moved = surplus.splice(0, Math.max(0, this.#wanted[phase]! - members.length))
    for (const member of moved) {
      this.#events.move(member, phase)
      members.push(member)
    }
    if (moved.length > 0) members.sort(oldestFirst)
  }

  #leave(member: Member): void {
    this.#size--
    this.#events.leave(member)
  }
}

function oldestFirst(a: CrowdMember, b: CrowdMember): number {
  return a.number - b.number
}
