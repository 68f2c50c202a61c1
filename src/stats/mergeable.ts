/** What is counted in several places and added up afterwards: the parts of a run's statistics. */

/**
 * Can be kept as JSON, read back (each class has a `static fromJSON`), and added to its like, without any loss: as if
 * all had been counted in one place. So `merge` neither averages nor depends on the order.
 */
export interface Mergeable<Json = unknown> {
  /** Plain JSON. What was counted alike gives the same bytes, in whatever order it was counted. */
  toJSON(): Json
  /** Adds all that the other has counted. */
  merge(other: this): void
}

/** By name, each made when it is first asked for. Names come in the order of their arrival, in JSON in that of the alphabet. */
export class PartsByName<Part extends Mergeable> extends Map<string, Part> {
  readonly #make: () => Part

  constructor(make: () => Part) {
    super()
    this.#make = make
  }

  at(name: string): Part {
    let part = this.get(name)
    if (part === undefined) this.set(name, (part = this.#make()))
    return part
  }

  merge(other: PartsByName<Part>): void {
    for (const [name, part] of other) this.at(name).merge(part)
  }

  toJSON(): Record<string, ReturnType<Part['toJSON']>> {
    return sortedByName(this, (part) => part.toJSON() as ReturnType<Part['toJSON']>)
  }

  /** Adds what `toJSON` has written. Returns itself. */
  read(json: Readonly<Record<string, ReturnType<Part['toJSON']>>>, part: PartReader<Part>): this {
    for (const [name, value] of Object.entries(json)) this.at(name).merge(part(value))
    return this
  }
}

type PartReader<Part extends Mergeable> = (json: ReturnType<Part['toJSON']>) => Part

/** How often what came up. */
export class CountsByName extends Map<string, number> {
  add(name: string, count = 1): void {
    this.set(name, (this.get(name) ?? 0) + count)
  }

  merge(other: CountsByName): void {
    for (const [name, count] of other) this.add(name, count)
  }

  toJSON(): Record<string, number> {
    return sortedByName(this, (count) => count)
  }

  static fromJSON(json: Readonly<Record<string, number>>): CountsByName {
    const counts = new CountsByName()
    for (const [name, count] of Object.entries(json)) counts.add(name, count)
    return counts
  }
}

/** A fixed set of counts that only grow: `counters('passes', 'fails')`. */
export type Counters<Name extends string> = Record<Name, number> & Mergeable<Readonly<Record<Name, number>>>

export function counters<Name extends string>(...names: readonly Name[]): Counters<Name> {
  return countersFromJSON(Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>)
}

export function countersFromJSON<Name extends string>(json: Readonly<Record<Name, number>>): Counters<Name> {
  return Object.assign(new FixedCounters(), json) as Counters<Name>
}

class FixedCounters implements Mergeable<Record<string, number>> {
  merge(other: this): void {
    const counts = this as unknown as Record<string, number>
    for (const [name, count] of Object.entries(other.toJSON())) counts[name]! += count
  }

  toJSON(): Record<string, number> {
    return { ...(this as unknown as Record<string, number>) }
  }
}

/** Entries by the UTF-16 code units of their names: the same on every machine, whatever its language. */
export function byName(
  [a]: readonly [name: string, value: unknown],
  [b]: readonly [name: string, value: unknown],
): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function sortedByName<Value, Json>(
  map: ReadonlyMap<string, Value>,
  json: (value: Value) => Json,
): Record<string, Json> {
  return Object.fromEntries([...map].sort(byName).map(([name, value]) => [name, json(value)] as const))
}
