/**
 * The target in a process of its own, so that it does not share an event loop with the generator: this end starts
 * `loadgen target` with a channel and talks to it. The words of the channel are here; `loadgen target` speaks them.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type LoadgenError, TargetError, WorldError } from '../../core/index.ts'
import type { MeanRewards } from '../../experience/index.ts'
import type { Scenario } from '../../scenario/index.ts'
import { DecisionStatistics, type DecisionStatisticsJson } from '../decision-statistics.ts'
import { refuseUntraced } from './refuse-untraced.ts'
import type { RunningTarget } from './target.ts'

export const LAUNCHER = fileURLToPath(new URL('../../../bin/loadgen', import.meta.url))
const START_TIMEOUT_MS = 20_000
const STOP_TIMEOUT_MS = 20_000

/** To the target: raise yourself. */
export interface RaiseMessage {
  readonly kind: 'raise'
  readonly scenario: Scenario
  readonly seed: number
  readonly policy: string
  readonly port: number
  readonly recordTo?: { readonly run: string; readonly file: string }
}

/** To the target: write everything and end. */
export interface StopMessage {
  readonly kind: 'stop'
}

/** From the target. */
export type TargetMessage =
  | { readonly kind: 'ready'; readonly url: string; readonly startEpochMs: number }
  | ({ readonly kind: 'stopped' } & TargetResults)
  | { readonly kind: 'failed'; readonly message: string }

export interface TargetResults {
  readonly decisions: number
  readonly recorded: number
  readonly rewards: MeanRewards | null
  readonly statistics: DecisionStatisticsJson
}

/** What the target is told once it has stopped. */
export function targetResults({ decisions, log }: RunningTarget): TargetResults {
  return {
    decisions: log?.decisions ?? 0,
    recorded: log?.recorded ?? 0,
    rewards: log?.rewards.means() ?? null,
    statistics: decisions.toJSON(),
  }
}

export class TargetProcess {
  readonly #child: ChildProcess
  readonly url: string
  readonly startEpochMs: number

  private constructor(child: ChildProcess, ready: { url: string; startEpochMs: number }) {
    this.#child = child
    this.url = ready.url
    this.startEpochMs = ready.startEpochMs
  }

  /** @throws TargetError if the target cannot be raised, ConfigError if it is not for this scenario */
  static async start(raise: Omit<RaiseMessage, 'kind'>): Promise<TargetProcess> {
    refuseUntraced(raise.scenario)
    // The child shares the terminal; a Ctrl-C must reach it only through us, or it would end before its data is safe.
    const child = fork(LAUNCHER, ['target', '--channel'], {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
      execArgv: [],
    })
    child.send({ kind: 'raise', ...raise } satisfies RaiseMessage)
    const message = await nextMessage(child, START_TIMEOUT_MS)
    if (message.kind === 'ready') return new TargetProcess(child, message)
    child.kill()
    throw new TargetError(
      message.kind === 'failed' ? message.message : 'the target stopped before it was ready',
    )
  }

  /** Calls `lost` if the target ends although nobody stopped it. */
  onLost(lost: (error: LoadgenError) => void): void {
    this.#child.once('exit', (code, signal) => {
      lost(
        new WorldError(`the target process ended in mid-run (${signal ?? `exit code ${code}`}): see run.log`),
      )
    })
  }

  /** Stops the target and waits for its last words. @throws WorldError if it has none */
  async stop(): Promise<TargetResults & { readonly observed: DecisionStatistics }> {
    this.#child.removeAllListeners('exit')
    this.#child.send({ kind: 'stop' } satisfies StopMessage)
    const message = await nextMessage(this.#child, STOP_TIMEOUT_MS)
    this.#child.disconnect()
    if (message.kind === 'stopped')
      return { ...message, observed: DecisionStatistics.fromJSON(message.statistics) }
    throw new WorldError(message.kind === 'failed' ? message.message : 'the target gave an unexpected answer')
  }

  kill(): void {
    this.#child.removeAllListeners('exit')
    this.#child.kill('SIGKILL')
  }
}

function nextMessage(child: ChildProcess, timeoutMs: number): Promise<TargetMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new TargetError(`the target process gave no answer within ${timeoutMs / 1000} s: see run.log`))
    }, timeoutMs)
    const settle = (): void => {
      clearTimeout(timer)
      child.off('message', onMessage)
      child.off('exit', onExit)
    }
    const onMessage = (message: unknown): void => {
      settle()
      resolve(message as TargetMessage)
    }
    const onExit = (code: number | null): void => {
      settle()
      reject(new TargetError(`the target process ended (exit code ${code}) before it answered`))
    }
    child.on('message', onMessage)
    child.on('exit', onExit)
  })
}
