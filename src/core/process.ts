/**
 * Processes: generators that say what they want next and are told what came of it.
 *
 * A session of a user and a handler of an endpoint are processes. They never await: the world that drives them
 * carries time and bytes, so that the very same code runs in virtual and in live time.
 */
import { isAsExpected, type Reply, type Request } from './http.ts'

/** Make a call and resume with its reply. */
export interface CallStep {
  readonly kind: 'call'
  readonly request: Request
  /** The action in the summary: `search`, `cartAdd`. */
  readonly name: string
  /** A mistake made on purpose expects a refusal: its 4xx is then no failure. */
  readonly expects: 'success' | 'refusal'
  /** Which mistake it is, if it is one. */
  readonly mistake: string | undefined
  /** The statuses that are no failure, in place of those that `expects` stands for. */
  readonly accepts?: (status: number) => boolean
  /** Whether a reply with such a status is the one that was hoped for. Pure. */
  readonly verify?: (reply: Reply) => boolean
  /**
   * How much of the reply is looked at, beside its status and headers: the JSON of its body and the text, the text alone,
   * or nothing, so that the body need only be taken off the wire. Json if it is not said.
   */
  readonly reads?: 'json' | 'text' | 'status'
  /** One object for all requests of a kind: statistics know it by its identity. */
  readonly tags?: Tags
}

/** Names and values that requests are told apart by. */
export type Tags = Readonly<Record<string, string>>

/** Resume after `ms` milliseconds, with nothing. */
export interface PauseStep {
  readonly kind: 'pause'
  readonly ms: number
}

/** Start a process on the side and go on at once; its result is nobody's. */
export interface SpawnStep {
  readonly kind: 'spawn'
  readonly process: Process<void>
}

export type Step = CallStep | PauseStep | SpawnStep

/** What a process is: it yields steps and is resumed with the reply of a call, or with undefined. */
export type Process<Result> = Generator<Step, Result, Reply | undefined>

/** The step of a call; `yield` it where a process of its own would cost too much, as in the sessions of users. */
export function callStep(name: string, request: Request): CallStep {
  return { kind: 'call', name, request, expects: 'success', mistake: undefined }
}

/** The same for a request that is wrong on purpose. */
export function mistakenCallStep(name: string, request: Request, mistake: string): CallStep {
  return { kind: 'call', name, request, expects: 'refusal', mistake }
}

/** The class of a reply that is a failure of its call: a failure kind, a status, or `body`; null if it is none. */
export function failureClass(step: CallStep, reply: Reply): string | null {
  if (reply.failure !== undefined) return reply.failure
  const accepted = step.accepts?.(reply.status) ?? isAsExpected(reply, step.expects)
  if (!accepted) return String(reply.status)
  return step.verify === undefined || step.verify(reply) ? null : 'body'
}

/** `const reply = yield* call(name, request)` inside a process. */
export function* call(name: string, request: Request): Process<Reply> {
  return (yield callStep(name, request)) as Reply
}

/** `yield* pause(ms)` inside a process. */
export function* pause(ms: number): Process<void> {
  yield { kind: 'pause', ms }
}
