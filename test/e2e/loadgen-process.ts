/**
 * The real command line as a child process: what it prints, how it ends, and signals in between. Whatever is still
 * there when a test file is over is killed; a process that hangs fails its test with what it has printed so far.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { afterAll, vi } from 'vitest'

export const LAUNCHER = new URL('../../bin/loadgen', import.meta.url).pathname
/** Far more than is needed: a busy machine must not fail a test. */
const TIMEOUT_MS = 40_000
const POLL_MS = 25

export interface Finished {
  /** Null if a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface StartOptions {
  /** Relative paths, the default run folder among them, start here. */
  readonly cwd: string
}

vi.setConfig({ testTimeout: 2 * TIMEOUT_MS, hookTimeout: 2 * TIMEOUT_MS })

const running = new Set<LoadgenProcess>()
afterAll(() => {
  for (const process of running) process.kill('SIGKILL')
})

export class LoadgenProcess {
  readonly #child: ChildProcess
  readonly #args: readonly string[]
  stdout = ''
  stderr = ''
  /** Rejects if the process has to be killed because it does not end. */
  readonly finished: Promise<Finished>

  constructor(args: readonly string[], { cwd }: StartOptions) {
    this.#args = args
    // Nothing of the test runner's environment: colours and node options are the process's own affair.
    const { PATH = '', HOME = '' } = process.env
    this.#child = spawn(process.execPath, [LAUNCHER, ...args], {
      cwd,
      env: { PATH, HOME },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    running.add(this)
    this.finished = this.#end()
    this.finished.catch(() => {}) // a test that failed before it awaited this has said why
  }

  get pid(): number {
    return this.#child.pid!
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Waits until the process has printed what matches. @throws if it ends without */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const heard = (): RegExpExecArray | null => pattern.exec(this.stdout) ?? pattern.exec(this.stderr)
    await until(() => heard() !== null || !running.has(this), `${this} to say ${pattern}`)
    return heard() ?? this.#fail(`ended without saying ${pattern}`)
  }

  toString(): string {
    return `loadgen ${this.#args.join(' ')}`
  }

  #end(): Promise<Finished> {
    return new Promise((resolve, reject) => {
      let late = false
      const timer = setTimeout(() => {
        late = true
        this.kill('SIGKILL')
      }, TIMEOUT_MS)
      this.#child.once('error', reject)
      this.#child.once('close', (code, signal) => {
        clearTimeout(timer)
        running.delete(this)
        const { stdout, stderr } = this
        if (late) reject(new Error(`${this}: still there after ${TIMEOUT_MS} ms\n${stdout}\n${stderr}`))
        else resolve({ code, signal, stdout, stderr })
      })
    })
  }

  #fail(what: string): never {
    throw new Error(`${this}: ${what}\n${this.stdout}\n${this.stderr}`)
  }
}

/** Runs one command line to its end. */
export function loadgen(args: readonly string[], options: StartOptions): Promise<Finished> {
  return new LoadgenProcess(args, options).finished
}

/** Waits for a condition. @throws if it does not come true in time */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Whether a process is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
