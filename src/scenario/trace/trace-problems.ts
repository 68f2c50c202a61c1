/** What was not as it should be in a trace: counted, and the first of each named. */
import { ConfigError } from '../../core/index.ts'

const NAMED = 3

export class TraceProblems {
  lines = 0
  /** Times with whole seconds that were given a place within theirs. */
  filledSeconds = 0
  readonly #file: string
  readonly #named: string[] = []
  #unreadable = 0
  #backwards = 0
  #firstBackwards = 0

  constructor(file: string) {
    this.#file = file
  }

  unreadable(line: number, why: string): void {
    this.#unreadable++
    if (this.#named.length < NAMED) this.#named.push(`line ${line}: ${why}`)
  }

  backwards(line: number): void {
    this.#backwards++
    if (this.#backwards === 1) this.#firstBackwards = line
  }

  /** @param leftOut requests that cannot be sent again, by method */
  nothingRead(leftOut: ReadonlyMap<string, number>): ConfigError {
    if (this.lines === 0)
      return new ConfigError(`${this.#file}: expected requests below the header, got none`)
    if (this.#unreadable === this.lines) {
      return new ConfigError(
        `${this.#file}: none of its ${counted(this.lines)} can be read (${this.#examples()})`,
      )
    }
    return new ConfigError(
      `${this.#file}: none of its requests can be sent again (${listed(leftOut)}): logs hold no bodies, and some no ` +
        'paths; name behaviors, whose sessions then start at its times',
    )
  }

  warnings(leftOut: ReadonlyMap<string, number>): string[] {
    const warnings: string[] = []
    const of = `of ${counted(this.lines)}`
    if (this.#unreadable > 0) {
      const verb = this.#unreadable === 1 ? 'cannot be read and is' : 'cannot be read and are'
      warnings.push(
        `${this.#unreadable.toLocaleString('en-US')} ${of} ${verb} left out (${this.#examples()})`,
      )
    }
    if (this.#backwards > 0) {
      const verb = this.#backwards === 1 ? 'goes' : 'go'
      const where = `first: line ${this.#firstBackwards}`
      warnings.push(
        `${this.#backwards.toLocaleString('en-US')} ${of} ${verb} back in time (${where}): sorted`,
      )
    }
    if (this.filledSeconds > 0) {
      warnings.push('its times are whole seconds: each start is given a place within its second, at random')
    }
    if (leftOut.size > 0) {
      const total = [...leftOut.values()].reduce((sum, count) => sum + count, 0)
      warnings.push(
        `${total.toLocaleString('en-US')} ${of} ${total === 1 ? 'is' : 'are'} not sent again (${listed(leftOut)}): logs hold no bodies`,
      )
    }
    return warnings.map((text) => `${this.#file}: ${text}`)
  }

  #examples(): string {
    const more = this.#unreadable > this.#named.length ? '; ...' : ''
    return this.#named.join('; ') + more
  }
}

function counted(lines: number): string {
  return `${lines.toLocaleString('en-US')} ${lines === 1 ? 'line' : 'lines'}`
}

function listed(leftOut: ReadonlyMap<string, number>): string {
  return [...leftOut].map(([what, count]) => `${count.toLocaleString('en-US')} ${what}`).join(', ')
}
