/** What the doctor finds: one line of its checklist each. */
import type { AdviceName } from './doctor-advice.ts'

/**
 * ok; missing: a run works, but with less to show; failed: as far as this goes, it does not work; skipped: could not be
 * looked at, because of something that has failed before.
 */
export type CheckStatus = 'ok' | 'missing' | 'failed' | 'skipped'

export interface Check {
  readonly name: string
  readonly status: CheckStatus
  readonly detail: string
  /** How to add what is missing. */
  readonly advice?: AdviceName
}

export interface Diagnosis {
  readonly target: string
  /** Whether a run against it makes sense. */
  readonly usable: boolean
  readonly checks: readonly Check[]
  /** Flags that a run is to have, as far as the target tells them by itself. */
  readonly suggestion: string | null
}
