/** Intensity: how fast users act, as a word or a number. */

/** Pace of each word: think times are divided by it, page budgets multiplied. */
const PACES = {
  'very-low': 0.25,
  low: 0.5,
  'medium-low': 0.75,
  medium: 1,
  high: 2,
  'very-high': 4,
  extreme: 8,
} as const
export type IntensityWord = keyof typeof PACES
export const INTENSITY_WORDS = Object.keys(PACES) as IntensityWord[]

export function paceOf(intensity: IntensityWord | number): number {
  return typeof intensity === 'number' ? intensity : PACES[intensity]
}
