/** How a caller follows a study, and stops it. */
import { EXIT_INTERRUPTED, LoadgenError } from '../../core/index.ts'
import type { EpochReport } from '../../learning/index.ts'
import type { RunStatistics } from '../statistics/run-statistics.ts'

export interface StudyEvents {
  /** @param done it was done before, and is not done again */
  onStep(text: string, done: boolean): void
  onRun(nowMs: number, statistics: RunStatistics): void
  onRunEnd(): void
  onEpoch(report: EpochReport): void
  /** So many of the replays of this step are done. */
  onReplay(done: number, of: number): void
  /** Something that does not end the study, but its reader must know. */
  onProblem(text: string): void
}

/** Where a study was stopped; what is done stays, and the same call goes on from there. */
export class StudyInterrupted extends LoadgenError {
  override readonly exitCode = EXIT_INTERRUPTED
}

/** @throws StudyInterrupted if the signal has been given */
export function goOnUnless(signal: AbortSignal, path: string): void {
  if (!signal.aborted) return
  throw new StudyInterrupted(
    `interrupted: what is done is kept in ${path}; the same command goes on from there`,
  )
}
