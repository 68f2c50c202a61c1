/** A page of a list, in the shape that Spring Data gives it. */
import type { JsonObject } from '../../core/index.ts'
import { queryInteger } from '../query.ts'

const PAGE = { preset: 0, low: 0, high: 1_000_000 }
const SIZE = { preset: 20, low: 1, high: 1000 }

/** The page that the query of `path` asks for by `page` (from 0) and `size`; undefined if it asks for none that can be. */
export function pageOf<Item>(
  all: readonly Item[],
  path: string,
  view: (item: Item) => JsonObject,
): JsonObject | undefined {
  const number = queryInteger(path, 'page', PAGE)
  const size = queryInteger(path, 'size', SIZE)
  if (number === undefined || size === undefined) return undefined
  const content = all.slice(number * size, (number + 1) * size).map(view)
  const totalPages = Math.ceil(all.length / size)
  return {
    content,
    totalElements: all.length,
    totalPages,
    number,
    size,
    numberOfElements: content.length,
    first: number === 0,
    last: number >= totalPages - 1,
    empty: content.length === 0,
  }
}
