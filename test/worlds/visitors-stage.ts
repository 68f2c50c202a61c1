/** Plays the world for visitors: begins their sessions, but carries nothing out. */
import type { Scenario } from '../../src/scenario/index.ts'
import type { Segment } from '../../src/traffic/index.ts'
import type { Visitor } from '../../src/worlds/visitor.ts'
import { Visitors } from '../../src/worlds/visitors.ts'

const RESULT = { signedIn: true, ordered: false, pages: 1 }

export interface StageOptions {
  readonly seed?: number
  readonly segment?: Segment
  readonly simulatesAll?: boolean
}

/** A session as it began, whoever carries it out. */
export interface Begun {
  readonly id: string
  readonly visitor: Visitor
  readonly phase: number
  readonly intendedMs: number
  readonly owned: boolean
}

export class Stage {
  readonly visitors: Visitors
  nowMs = 0
  /** Sessions under way, oldest first. */
  readonly present: Visitor[] = []
  readonly begun: Begun[] = []
  readonly #ends: { visitor?: Visitor; session?: number; atMs?: number }[] = []
  started = 0
  ended = 0
  cut = 0
  dropped = 0
  planned = 0
  users = 0
  perPhase: readonly number[] = []

  constructor(scenario: Scenario, { seed = 1, ...share }: StageOptions = {}) {
    this.visitors = new Visitors({
      scenario,
      seed,
      ...share,
      accountPrefix: 'p',
      now: () => this.nowMs,
      begin: (visitor) => {
        const { number, visits, profile, key, phase, intendedStartMs, owned } = visitor
        this.begun.push({
          id: `${number}/${visits} ${profile} ${key}`,
          visitor,
          phase,
          intendedMs: intendedStartMs,
          owned,
        })
        this.#ends.push({ visitor, session: visitor.session, atMs: this.nowMs })
        if (visitor.visits === 1) this.present.push(visitor)
      },
      observer: {
        onRequest: () => {},
        onCheck: () => {},
        onSessionStart: () => this.started++,
        onSessionEnd: (_, result) => {
          this.ended++
          if (result === undefined) this.cut++
        },
        onPlanned: () => this.planned++,
        onDropped: () => this.dropped++,
        onUsers: (_, users, perPhase) => {
          this.users = users
          this.perPhase = [...perPhase]
        },
      },
    })
  }

  advance(nowMs: number): void {
    this.nowMs = nowMs
    this.visitors.advance(nowMs)
    this.#sweep()
  }

  finish(index: number): void {
    this.visitors.finish(this.present[index % this.present.length]!, RESULT)
    this.#sweep()
  }

  end(): void {
    this.visitors.end()
    this.#sweep()
  }

  /** Plays until nothing is planned any more; every session lasts so long, unless it is cut. */
  play(sessionMs: number): void {
    // They all last alike, so they end in the order in which they begin.
    for (let next = 0; !this.visitors.over; ) {
      const { visitor, session, atMs } = this.#ends[next] ?? {}
      if (visitor !== undefined && (visitor.gone || visitor.session !== session)) {
        next++
        continue
      }
      const endMs = atMs === undefined ? Number.POSITIVE_INFINITY : atMs + sessionMs
      const planMs = this.visitors.nextAtMs()
      this.nowMs = Math.min(planMs, endMs)
      if (planMs <= endMs) this.visitors.advance(planMs)
      else this.visitors.finish(visitor!, RESULT)
    }
    this.#sweep()
  }

  #sweep(): void {
    this.present.splice(0, Number.POSITIVE_INFINITY, ...this.present.filter(({ gone }) => !gone))
  }
}
