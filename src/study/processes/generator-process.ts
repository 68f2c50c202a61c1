/**
 * A generator in a process of its own: this end starts `loadgen worker --channel`, gives it one task and hears of it. A
 * Ctrl-C reaches it only through us, and without us it ends by itself, keeping what it has.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { WorldError } from '../../core/index.ts'
import { LAUNCHER } from '../../worlds/index.ts'
import type { EndMessage, GeneratorMessage, GeneratorResult, GeneratorTask } from './generator-messages.ts'
import type { ShareProgress } from './running-total.ts'

const START_TIMEOUT_MS = 30_000

type ResultOf<Task extends GeneratorTask> = Extract<
  GeneratorResult,
  { kind: Task['kind'] extends 'load' ? 'loaded' : 'ran' }
>

/** The process itself is lost; what it was at can be tried by another one. */
export class GeneratorLost extends WorldError {}

export class GeneratorProcess {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Starts one and waits until it can be given a task. @throws WorldError if it does not come up */
  static async start(): Promise<GeneratorProcess> {
    const child = fork(LAUNCHER, ['worker', '--channel'], {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    })
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string): void => {
        child.kill('SIGKILL')
        reject(new WorldError(`a generator process ${what}: is the machine short of memory or processes?`))
      }
      const timer = setTimeout(
        () => fail(`was not ready within ${START_TIMEOUT_MS / 1000} s`),
        START_TIMEOUT_MS,
      )
      child.once('error', (error) => fail(`cannot be started (${error.message})`))
      child.once('exit', (code, signal) =>
        fail(`ended before it was ready (${signal ?? `exit code ${code}`})`),
      )
      child.once('message', () => {
        clearTimeout(timer)
        forget(child)
        resolve()
      })
    })
    return new GeneratorProcess(child)
  }

  get pid(): number {
    return this.#child.pid!
  }

  /**
   * Carries out one task. After an abort of `signal` the result is of the part until then.
   *
   * @throws WorldError if the task fails, GeneratorLost if the process is lost
   */
  run<Task extends GeneratorTask>(
    task: Task,
    onProgress: (progress: ShareProgress) => void,
    signal: AbortSignal,
  ): Promise<ResultOf<Task>> {
    const child = this.#child
    const end = (): void => this.#send({ kind: 'end' })
    return new Promise<ResultOf<Task>>((resolve, reject) => {
      const lose = (): void => {
        const how = child.signalCode ?? `exit code ${child.exitCode}`
        reject(new GeneratorLost(`its process ended in mid-run (${how})`))
      }
      // What it has said before its end may still be on the way when the end is heard of.
      const ended = (): void => {
        if (child.connected) child.once('disconnect', lose)
        else lose()
      }
      child.once('exit', ended)
      if (hasEnded(child)) ended()
      child.on('message', (message: GeneratorMessage) => {
        if (message.kind === 'progress') return onProgress(message.progress)
        if (message.kind === 'failed') return reject(new WorldError(message.message))
        resolve(message as ResultOf<Task>)
      })
      signal.addEventListener('abort', end, { once: true })
      this.#send(task)
      if (signal.aborted) end()
    }).finally(() => {
      signal.removeEventListener('abort', end)
      forget(child)
    })
  }

  kill(): void {
    forget(this.#child)
    this.#child.kill('SIGKILL')
  }

  #send(message: GeneratorTask | EndMessage): void {
    // One that has just died is heard of by its exit.
    if (this.#child.connected) this.#child.send(message, () => {})
  }
}

/** Also while nobody listened. */
function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** Nobody waits for what it says any more, and an error of it that nobody hears must not end this process. */
function forget(child: ChildProcess): void {
  child.removeAllListeners()
  child.on('error', () => {})
}
