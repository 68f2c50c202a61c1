/** What a phase of a run was like: its requests, its sessions, and the users that were there. */
import type { Mergeable } from '../../stats/index.ts'
import { RequestCounts, type RequestCountsJson } from './request-counts.ts'
import { UserTime } from './user-time.ts'

export interface PhaseStatisticsJson {
  readonly counts: RequestCountsJson
  readonly sessions: number
  readonly planned: number
  readonly dropped: number
  readonly userUs: number
}

export class PhaseStatistics implements Mergeable<PhaseStatisticsJson> {
  readonly counts = new RequestCounts()
  /** Sessions that began in it. */
  sessions = 0
  /** Starts that the plan has come to, of an open loop or of a phase with so many sessions. */
  planned = 0
  /** Those of an open loop that found no free user. */
  dropped = 0
  readonly users = new UserTime()

  /** Integral of the users over time. */
  get userMs(): number {
    return this.users.userMs
  }

  merge({ counts, sessions, planned, dropped, users }: PhaseStatistics): void {
    this.counts.merge(counts)
    this.sessions += sessions
    this.planned += planned
    this.dropped += dropped
    this.users.merge(users)
  }

  toJSON(): PhaseStatisticsJson {
    const { counts, sessions, planned, dropped, users } = this
    return { counts: counts.toJSON(), sessions, planned, dropped, userUs: users.toJSON() }
  }

  static fromJSON({ counts, sessions, planned, dropped, userUs }: PhaseStatisticsJson): PhaseStatistics {
    const phase = new PhaseStatistics()
    phase.counts.merge(RequestCounts.fromJSON(counts))
    phase.sessions = sessions
    phase.planned = planned
    phase.dropped = dropped
    phase.users.merge(UserTime.fromJSON(userUs))
    return phase
  }
}
