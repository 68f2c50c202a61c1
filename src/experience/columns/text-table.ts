/** Texts that repeat, as numbers: each is made a string once, however often its bytes come by. */

const FIRST_SLOTS = 256

export class TextTable {
  readonly texts: string[] = []
  readonly #index = new Map<string, number>()
  readonly #bytes: Uint8Array[] = []
  /** Open addressing by hash; number of the text + 1, 0 where free. */
  #slots = new Int32Array(FIRST_SLOTS)

  /** The number of a text. */
  numberOf(text: string): number {
    const known = this.#index.get(text)
    if (known !== undefined) return known
    const number = this.texts.push(text) - 1
    this.#index.set(text, number)
    const bytes = Buffer.from(text)
    this.#bytes.push(bytes)
    if (this.texts.length * 2 > this.#slots.length) this.#grow()
    else this.#slots[this.#slotOf(bytes, 0, bytes.length, hashOf(bytes, 0, bytes.length))] = number + 1
    return number
  }

  /** The number of the text that stands as ASCII in `bytes`, from `start` up to `end`. */
  numberOfBytes(bytes: Uint8Array, start: number, end: number): number {
    const number = this.#slots[this.#slotOf(bytes, start, end, hashOf(bytes, start, end))]! - 1
    return number >= 0 ? number : this.numberOf(Buffer.from(bytes.subarray(start, end)).toString('latin1'))
  }

  /** Where the text stands, or would. */
  #slotOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1
    let slot = hash & mask
    for (;;) {
      const number = this.#slots[slot]! - 1
      if (number < 0 || isEqual(this.#bytes[number]!, bytes, start, end)) return slot
      slot = (slot + 1) & mask
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (const [number, bytes] of this.#bytes.entries()) {
      this.#slots[this.#slotOf(bytes, 0, bytes.length, hashOf(bytes, 0, bytes.length))] = number + 1
    }
  }
}

/** FNV-1a. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash ^ (hash >>> 15)
}

function isEqual(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false
  return true
}
