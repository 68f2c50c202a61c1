/** The other end of `GeneratorProcess`: takes one task from the process that started this one, and ends with it. */
import { LoadgenError, UsageError } from '../../core/index.ts'
import { drawnFaults } from '../../shop/index.ts'
import { generateLoad } from '../generate-load.ts'
import { runDirectory } from '../run-directory.ts'
import { runScenario, SILENT_RUN } from '../run-scenario.ts'
import { RunStatistics } from '../statistics/run-statistics.ts'
import type {
  EndMessage,
  GeneratorMessage,
  GeneratorTask,
  LoadMessage,
  LoadResult,
  SegmentMessage,
  SegmentResult,
} from './generator-messages.ts'
import { progressTeller, type ShareProgress } from './running-total.ts'

/** Resolves when the task is done and told, or whoever gave it is gone. @throws UsageError without a channel */
export async function serveGenerator(): Promise<void> {
  if (process.send === undefined) throw new UsageError('--channel is for loadgen itself')
  const end = new AbortController()
  // Without anybody to tell, what there is so far is still on the disk.
  process.once('disconnect', () => end.abort())
  const task = new Promise<GeneratorTask | undefined>((resolve) => {
    end.signal.addEventListener('abort', () => resolve(undefined), { once: true })
    process.on('message', (message: GeneratorTask | EndMessage) => {
      if (message.kind === 'end') end.abort()
      else resolve(message)
    })
  })
  await tell({ kind: 'ready' })
  const given = await task
  if (given !== undefined) await tell(await carryOut(given, end.signal))
  if (process.connected) process.disconnect()
}

async function carryOut(task: GeneratorTask, signal: AbortSignal): Promise<GeneratorMessage> {
  const onProgress = (progress: ShareProgress): void => void tell({ kind: 'progress', progress })
  try {
    return await (task.kind === 'load'
      ? sendLoad(task, onProgress, signal)
      : runSegment(task, onProgress, signal))
  } catch (error) {
    if (error instanceof LoadgenError)
      return { kind: 'failed', message: error.message, exitCode: error.exitCode }
    return { kind: 'failed', message: String((error as Error).stack), exitCode: 1 }
  }
}

async function sendLoad(
  { scenario, seed, segment, target, embedded, requests }: LoadMessage,
  onProgress: (progress: ShareProgress) => void,
  signal: AbortSignal,
): Promise<LoadResult> {
  const statistics = new RunStatistics(scenario, embedded ? drawnFaults(scenario, seed) : [])
  // Whether the run is to go on can be said of all shares together only, by whoever has them all.
  const watched = scenario.thresholds.some(({ abortAfterMs }) => abortAfterMs !== undefined)
  const endMs = await generateLoad(
    {
      scenario,
      seed,
      segment,
      directory: { ...runDirectory('.'), requests },
      statistics,
      onProgress: progressTeller(statistics, (progress) => {
        if (watched) statistics.finish(progress.nowMs)
        onProgress(watched ? { ...progress, statistics: statistics.toJSON() } : progress)
      }),
      signal,
    },
    target,
  )
  statistics.finish(endMs)
  return { kind: 'loaded', endMs, statistics: statistics.toJSON() }
}

async function runSegment(
  { loaded, target, share }: SegmentMessage,
  onProgress: (progress: ShareProgress) => void,
  signal: AbortSignal,
): Promise<SegmentResult> {
  let teller: ((nowMs: number) => void) | undefined
  const { summary } = await runScenario({
    loaded,
    ...(target === undefined ? {} : { target }),
    out: '.',
    share,
    train: false,
    evaluate: false,
    jobs: 1,
    events: {
      ...SILENT_RUN,
      onProgress: (nowMs, statistics) => (teller ??= progressTeller(statistics, onProgress))(nowMs),
    },
    signal,
  })
  return {
    kind: 'ran',
    requests: summary.requests,
    interrupted: summary.interrupted,
    stopped: summary.stopped,
  }
}

/** Resolves when it has been handed over; nobody there to hear it is no error. */
function tell(message: GeneratorMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send!(message, () => resolve())
    else resolve()
  })
}
