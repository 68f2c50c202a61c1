/**
 * Asking a server for the state of instances at a fixed pace. That it does not answer, or answers something else, is
 * counted and ends nothing: what it would have told is missing then.
 */
import { type HttpCall, HttpClient, type HttpResult } from '../engine/http-client.ts'
import { MAX_TIMER_MS } from '../timers.ts'

/** An answer is waited for until the next question is due, but not for less or more than this. */
const LEAST_PATIENCE_MS = 1_000
const MOST_PATIENCE_MS = 5_000
const CONNECTIONS = 4
const MOST_KINDS = 20

export interface StateQuestion {
  /** Behind the URL of the server. */
  readonly path: string
  /** Takes the JSON that was answered, and says what to ask next. @throws Error that says what is wrong with it */
  readonly take: (answer: unknown) => readonly StateQuestion[]
}

export interface StatePollOptions {
  readonly url: string
  readonly pollMs: number
  readonly token: string | undefined
  readonly questions: readonly StateQuestion[]
}

/** What came of a poll. */
export interface PollReport {
  readonly url: string
  readonly asked: number
  readonly failed: number
  /** What was wrong, and how often. */
  readonly problems: Readonly<Record<string, number>>
}

export class StatePoll {
  readonly #options: StatePollOptions
  readonly #client: HttpClient
  readonly #prefix: string
  readonly #headers: readonly string[]
  readonly #problems = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #asked = 0
  #failed = 0
  #underWay = 0

  constructor(options: StatePollOptions) {
    const { origin, pathname } = new URL(options.url)
    this.#options = options
    this.#client = new HttpClient(origin, CONNECTIONS)
    this.#prefix = pathname.replace(/\/+$/, '')
    const { token } = options
    this.#headers = token === undefined ? [] : ['authorization', `Bearer ${token}`]
  }

  start(): void {
    this.#timer = setInterval(() => this.#round(), Math.min(this.#options.pollMs, MAX_TIMER_MS))
    this.#round()
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.#client.close()
  }

  /** Asks everything once and resolves when all has been answered, or not. */
  async askAll(questions: readonly StateQuestion[] = this.#options.questions): Promise<void> {
    const next = await Promise.all(questions.map((question) => this.#ask(question)))
    if (next.flat().length > 0) await this.askAll(next.flat())
  }

  get report(): PollReport {
    const { url } = this.#options
    return { url, asked: this.#asked, failed: this.#failed, problems: Object.fromEntries(this.#problems) }
  }

  /** Whoever is still busy with the last round is not asked again. */
  #round(): void {
    if (this.#underWay > 0) return
    void this.askAll()
  }

  #ask({ path, take }: StateQuestion): Promise<readonly StateQuestion[]> {
    this.#underWay++
    return new Promise((resolve) => {
      const call: HttpCall = { method: 'GET', path: this.#prefix + path, headers: [...this.#headers] }
      const patienceMs = Math.min(Math.max(this.#options.pollMs, LEAST_PATIENCE_MS), MOST_PATIENCE_MS)
      const timer = setTimeout(() => abort('timeout'), patienceMs)
      const abort = this.#client.send(call, (result) => {
        clearTimeout(timer)
        this.#underWay--
        // Closed: that says nothing about the server.
        resolve(result.failure === 'aborted' ? [] : this.#take(result, take))
      })
    })
  }

  #take(result: HttpResult, take: StateQuestion['take']): readonly StateQuestion[] {
    this.#asked++
    try {
      return take(jsonOf(result))
    } catch (error) {
      this.#count((error as Error).message)
      return []
    }
  }

  #count(problem: string): void {
    this.#failed++
    const known = this.#problems.get(problem)
    if (known !== undefined || this.#problems.size < MOST_KINDS) this.#problems.set(problem, (known ?? 0) + 1)
  }
}

/** @throws Error if it is no answer, a refusal, or not JSON */
function jsonOf({ status, body, failure }: HttpResult): unknown {
  if (failure !== null) throw new Error(`no answer (${failure})`)
  const text = body.toString('utf8')
  if (status !== 200) throw new Error(`status ${status}${detailOf(text)}`)
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('an answer that is not JSON')
  }
}

/** The words of the server, as Prometheus and our admin API put them. */
function detailOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown }
    return typeof error === 'string' ? ` (${error.slice(0, 200)})` : ''
  } catch {
    return ''
  }
}
