/** `requests.jsonl`: one line per request of a client, as the client saw it. */
import { JsonBytes, type JsonlFile, jsonText, literal } from '../experience/index.ts'
import type { Scenario } from '../scenario/index.ts'
import type { FinishedRequest } from '../worlds/index.ts'

export const REQUEST_LOG_VERSION = 1

/** One line, as a reader gets it. Times are ms since the start of the run. */
export interface RequestRecord {
  readonly v: number
  readonly trace: string
  readonly session: number
  readonly phase: string
  readonly profile: string
  readonly action: string
  readonly service: string
  /** When the user wanted it to start, and when it was sent. */
  readonly intendedMs: number
  readonly startMs: number
  /** From the intended start to the end of the reply. */
  readonly latencyMs: number
  /** Times that it was sent: 1, and one more for every retry and every hedge. */
  readonly attempts: number
  /** 0 if no reply came; `failure` then says why. */
  readonly status: number
  readonly failure: string | null
  /** The mistake that the user made on purpose, if it was one. */
  readonly mistake: string | null
  /** The reply was what the user hoped for. */
  readonly expected: boolean
}

const START = literal(`{"v":${REQUEST_LOG_VERSION},"trace":"`)
const SESSION = literal('","session":')
const PHASE = literal(',"phase":')
const PROFILE = literal(',"profile":')
const ACTION = literal(',"action":')
const SERVICE = literal(',"service":')
const INTENDED = literal(',"intendedMs":')
const SENT = literal(',"startMs":')
const LATENCY = literal(',"latencyMs":')
const ATTEMPTS = literal(',"attempts":')
const STATUS = literal(',"status":')
const FAILURE = literal(',"failure":')
const MISTAKE = literal(',"mistake":')
const AS_EXPECTED = literal(',"expected":true}\n')
const UNEXPECTED = literal(',"expected":false}\n')
const DECIMALS = 3

export class RequestLog {
  readonly #file: JsonlFile
  readonly #line = new JsonBytes(512)
  readonly #phases: readonly Uint8Array[]
  /** Names as JSON bytes, encoded once. */
  readonly #names = new Map<string | null, Uint8Array>()

  constructor(file: JsonlFile, scenario: Scenario) {
    this.#file = file
    this.#phases = scenario.phases.map((phase) => jsonText(phase.name))
  }

  add(request: FinishedRequest): void {
    const line = this.#line
    line.clear()
    line.put(START)
    line.ascii(request.origin.trace)
    line.put(SESSION)
    line.integer(request.session)
    line.put(PHASE)
    line.put(this.#phases[request.origin.phase]!)
    line.put(PROFILE)
    line.put(this.#name(request.profile))
    line.put(ACTION)
    line.put(this.#name(request.action))
    line.put(SERVICE)
    line.put(this.#name(request.service))
    line.put(INTENDED)
    line.decimal(request.intendedMs, DECIMALS)
    line.put(SENT)
    line.decimal(request.startMs, DECIMALS)
    line.put(LATENCY)
    line.decimal(request.endMs - request.intendedMs, DECIMALS)
    line.put(ATTEMPTS)
    line.integer(request.attempts)
    line.put(STATUS)
    line.integer(request.reply.status)
    line.put(FAILURE)
    line.put(this.#name(request.reply.failure ?? null))
    line.put(MISTAKE)
    line.put(this.#name(request.mistake))
    line.put(request.expected ? AS_EXPECTED : UNEXPECTED)
    this.#file.writeLine(line.bytes, line.length)
  }

  #name(name: string | null): Uint8Array {
    let bytes = this.#names.get(name)
    if (bytes === undefined) this.#names.set(name, (bytes = jsonText(name)))
    return bytes
  }
}
