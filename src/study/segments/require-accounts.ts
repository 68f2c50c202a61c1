/** Accounts are shared out among the segments of a live run: each must have one. */
import { UsageError } from '../../core/index.ts'
import type { Scenario } from '../../scenario/index.ts'

/** @throws UsageError if there are not enough for so many segments */
export function requireAccounts({ accounts, world }: Scenario, segments: number): void {
  if (world === 'virtual' || accounts >= segments) return
  throw new UsageError(
    `${segments} segments cannot share ${accounts} accounts: a customer is in one session at a time; ` +
      `set accounts of the scenario to ${segments} or more, or use fewer segments`,
  )
}
