/** A text file that is written line by line in pieces of 64 KiB, with no wait in between: its writers are plain loops. */
import { closeSync, openSync, writeSync } from 'node:fs'

const PIECE = 1 << 16

export class TextFile {
  lines = 0
  readonly #descriptor: number
  #text = ''

  constructor(path: string) {
    this.#descriptor = openSync(path, 'wx')
  }

  /** @param text without the newline */
  line(text: string): void {
    this.#text += text
    this.#text += '\n'
    this.lines++
    if (this.#text.length >= PIECE) this.#flush()
  }

  close(): void {
    this.#flush()
    closeSync(this.#descriptor)
  }

  #flush(): void {
    const bytes = Buffer.from(this.#text)
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done)
    this.#text = ''
  }
}
