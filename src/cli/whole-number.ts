/** Options that are counts, seeds and ports. */
import { UsageError } from '../core/index.ts'

/** @throws UsageError unless `value` is a whole number, and at least `min` and at most `max` where they are given */
export function requireWholeNumber(
  option: string,
  value: number,
  { min, max }: { readonly min?: number; readonly max?: number } = {},
): void {
  const tooLow = min !== undefined && value < min
  const tooHigh = max !== undefined && value > max
  if (Number.isSafeInteger(value) && !tooLow && !tooHigh) return
  const range = (min === undefined ? '' : ` from ${min}`) + (max === undefined ? '' : ` to ${max}`)
  throw new UsageError(`${option}: expected a whole number${range}, got "${value}"`)
}
