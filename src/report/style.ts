/** Colour for the terminal: a handful of named styles, or none. */
import { styleText } from 'node:util'

/** Wraps a text in the escape codes of its role, or leaves it as it is. */
export interface Style {
  readonly heading: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly warn: (text: string) => string
}

/**
 * @param colour whether the stream takes escape codes; the caller knows it (a terminal, and `NO_COLOR` not set)
 */
export function createStyle(colour: boolean): Style {
  const plain = (text: string): string => text
  if (!colour) return { heading: plain, dim: plain, good: plain, bad: plain, warn: plain }
  // Newer Nodes would look at stdout on their own, and the text may well go to stderr.
  const options = { validateStream: false }
  return {
    heading: (text) => styleText('bold', text, options),
    dim: (text) => styleText('dim', text, options),
    good: (text) => styleText('green', text, options),
    bad: (text) => styleText('red', text, options),
    warn: (text) => styleText('yellow', text, options),
  }
}
