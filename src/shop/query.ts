/** The query of a path, for the endpoints that take parameters there. */

/** The value of a parameter, the first if it is given twice; undefined if it is not there. */
export function queryParameter(path: string, name: string): string | undefined {
  const queryAt = path.indexOf('?')
  if (queryAt === -1) return undefined
  return new URLSearchParams(path.slice(queryAt + 1)).get(name) ?? undefined
}

/**
 * A whole number of the query: the `preset` if it is not there, undefined if it is there and no whole number from
 * `low` to `high`.
 */
export function queryInteger(
  path: string,
  name: string,
  { preset, low, high }: { readonly preset: number; readonly low: number; readonly high: number },
): number | undefined {
  const text = queryParameter(path, name)
  if (text === undefined) return preset
  const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  return value >= low && value <= high ? value : undefined
}
