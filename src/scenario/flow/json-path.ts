/**
 * Paths into JSON: `items.0.sku`, `items[0].sku`, `["a.b"].c`, with or without a leading `$`. One path leads to one
 * value: there are no wildcards and no filters.
 */

const STEP = /\.?([^.[\]"']+)|\[(\d+)\]|\["([^"]*)"\]|\['([^']*)'\]/y

/** The keys and indices of a path; undefined if it is none. Empty for `$`, the whole value. */
export function jsonPathSteps(path: string): string[] | undefined {
  const steps: string[] = []
  STEP.lastIndex = path.startsWith('$') ? 1 : 0
  if (path === '') return undefined
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path)
    if (match === null) return undefined
    const step = match[1] ?? match[2] ?? match[3] ?? match[4]!
    if (step === '*' || step.startsWith('?')) return undefined
    steps.push(step)
  }
  return steps
}
