/** Trace ids that a seed determines: 32 hex digits, one per request of a client. */
import { mixKeys } from '../core/index.ts'
import type { CallOrigin } from '../experience/index.ts'

const HEX = Buffer.from('0123456789abcdef')
const digits = Buffer.alloc(32)

/** @param key the request's key; all 128 bits follow from it */
export function traceId(key: number): string {
  for (let word = 0; word < 4; word++) {
    const bits = mixKeys(key, word + 1)
    for (let i = 0; i < 8; i++) digits[word * 8 + i] = HEX[(bits >>> (28 - 4 * i)) & 15]!
  }
  return digits.toString('latin1')
}

/** Who caused a call, with the trace id made only when somebody asks for it. */
export class TracedOrigin implements CallOrigin {
  readonly hop: number
  /** 0 for a first attempt. */
  readonly attempt: number
  readonly phase: number
  readonly profile: number
  /** Of the client's request: its trace id follows from it. */
  readonly key: number
  readonly #root: TracedOrigin | undefined
  #trace: string | undefined

  /** @param root the origin of the client's request, for the calls that it causes */
  constructor(key: number, hop: number, phase: number, profile: number, attempt = 0, root?: TracedOrigin) {
    this.key = key
    this.hop = hop
    this.attempt = attempt
    this.phase = phase
    this.profile = profile
    this.#root = root
  }

  get trace(): string {
    return (this.#trace ??= this.#root?.trace ?? traceId(this.key))
  }

  /** The origin of a call that is made to answer this one. */
  nextHop(): TracedOrigin {
    return new TracedOrigin(
      this.key,
      this.hop + 1,
      this.phase,
      this.profile,
      this.attempt,
      this.#root ?? this,
    )
  }

  /** The origin of another attempt at the same request: it has the same trace. */
  again(attempt: number): TracedOrigin {
    return new TracedOrigin(this.key, this.hop, this.phase, this.profile, attempt, this.#root ?? this)
  }
}
