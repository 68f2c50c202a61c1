/** Several ordered sequences as one, item by item: none is ever held in memory. */

interface Head<Item> {
  item: Item
  readonly rest: Iterator<Item>
  /** Place of the sequence: of items that are alike, the earlier sequence's comes first. */
  readonly place: number
}

/**
 * Yields all items in the order of `compare`, which is that of every sequence already. A sequence that is not quite in order is not put in order: only its
 * foremost item is ever compared with the others'.
 */
export function* mergeSorted<Item>(
  sequences: readonly Iterable<Item>[],
  compare: (a: Item, b: Item) => number,
): Generator<Item> {
  const heads: Head<Item>[] = []
  for (const [place, sequence] of sequences.entries()) {
    const rest = sequence[Symbol.iterator]()
    const first = rest.next()
    if (first.done !== true) heads.push({ item: first.value, rest, place })
  }
  const isBefore = (a: Head<Item>, b: Head<Item>): boolean => {
    const order = compare(a.item, b.item)
    return order === 0 ? a.place < b.place : order < 0
  }
  for (let i = heads.length >> 1; i >= 0; i--) sink(heads, i, isBefore)
  while (heads.length > 0) {
    const head = heads[0]!
    yield head.item
    const next = head.rest.next()
    if (next.done === true) {
      const last = heads.pop()!
      if (heads.length > 0) heads[0] = last
    } else head.item = next.value
    sink(heads, 0, isBefore)
  }
}

/** Restores the order of a binary heap below a place. */
function sink<Item>(
  heads: Head<Item>[],
  from: number,
  isBefore: (a: Head<Item>, b: Head<Item>) => boolean,
): void {
  for (let place = from; ; ) {
    let child = 2 * place + 1
    if (child >= heads.length) return
    if (child + 1 < heads.length && isBefore(heads[child + 1]!, heads[child]!)) child++
    if (!isBefore(heads[child]!, heads[place]!)) return
    ;[heads[place], heads[child]] = [heads[child]!, heads[place]!]
    place = child
  }
}
