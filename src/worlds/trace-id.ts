/** Trace ids that a seed determines: 32 hex digits, one per request of a client. */
import { mixKeys } from '../core/index.ts'
import type { CallOrigin } from '../experience/index.ts'

const digits = Buffer.alloc(32)
/** The two digits of every byte, one behind the other. */
const PAIRS = Buffer.from(
  Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join(''),
)

/** @param key the request's key; all 128 bits follow from it */
export function traceId(key: number): string {
  putTraceId(digits, 0, key)
  return digits.toString('latin1')
}

/** Writes the 32 digits of a trace id. */
export function putTraceId(bytes: Uint8Array, at: number, key: number): void {
  for (let word = 0; word < 4; word++) putHex(bytes, at + word * 8, mixKeys(key, word + 1))
}

/** Writes the 8 digits of a number of 32 bits. */
export function putHex(bytes: Uint8Array, at: number, bits: number): void {
  for (let i = 0; i < 4; i++) {
    const pair = ((bits >>> (24 - 8 * i)) & 255) * 2
    bytes[at + 2 * i] = PAIRS[pair]!
    bytes[at + 2 * i + 1] = PAIRS[pair + 1]!
  }
}

/** Writes the trace id as four words of 32 bits at `at`: no text is made where nobody has asked for it. */
export function writeTraceWords(
  origin: CallOrigin & { readonly traceKey?: number },
  words: Float64Array,
  at: number,
): void {
  const { traceKey } = origin
  if (traceKey !== undefined) {
    for (let word = 0; word < 4; word++) words[at + word] = mixKeys(traceKey, word + 1)
  } else {
    for (let word = 0; word < 4; word++) {
      words[at + word] = Number.parseInt(origin.trace.slice(word * 8, word * 8 + 8), 16)
    }
  }
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
  readonly foreign: boolean
  readonly #root: TracedOrigin | undefined
  #trace: string | undefined

  /**
   * @param root the origin of the client's request, for the calls that it causes
   * @param foreign the session is of another segment of the run
   */
  constructor(
    key: number,
    hop: number,
    phase: number,
    profile: number,
    attempt = 0,
    root?: TracedOrigin,
    foreign = root?.foreign ?? false,
  ) {
    this.key = key
    this.hop = hop
    this.attempt = attempt
    this.phase = phase
    this.profile = profile
    this.foreign = foreign
    this.#root = root
  }

  get traceKey(): number {
    return this.key
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
