/**
 * The load of a run from several generator processes: each sends one segment of the plan, all by one clock. What they
 * tell is added up exactly, so that nothing behind this knows how many there were.
 */
import { existsSync, rmSync } from 'node:fs'
import { WorldError } from '../../core/index.ts'
import type { LoadOptions, LoadTarget } from '../generate-load.ts'
import { mergeRequestLogs } from '../merge-runs/merge-request-logs.ts'
import { type Segment, segmentName, segmentsOf, segmentText } from '../segments/segment.ts'
import { RunStatistics } from '../statistics/run-statistics.ts'
import type { LoadResult } from './generator-messages.ts'
import { GeneratorProcess } from './generator-process.ts'
import { type RunningStatistics, RunningTotal } from './running-total.ts'

export interface ProcessLoadOptions extends Omit<LoadOptions, 'onProgress' | 'segment'> {
  readonly onProgress: (nowMs: number, running?: RunningStatistics) => void
}

export interface LoadByProcesses {
  readonly endMs: number
  /** What became of the processes that were lost; null if all came to their end. */
  readonly lost: string | null
}

interface Share {
  readonly segment: Segment
  readonly requests: string
  readonly result: LoadResult | WorldError
}

export class GeneratorProcesses {
  readonly #generators: readonly GeneratorProcess[]

  private constructor(generators: readonly GeneratorProcess[]) {
    this.#generators = generators
  }

  /** Those that a run wants, if it wants any besides this process. */
  static async startFor({
    processes = 1,
  }: {
    readonly processes?: number
  }): Promise<GeneratorProcesses | undefined> {
    return processes > 1 ? await GeneratorProcesses.start(processes) : undefined
  }

  /** Starts them, so that they can begin at once. @throws WorldError if one does not come up */
  static async start(count: number): Promise<GeneratorProcesses> {
    const starts = await Promise.allSettled(Array.from({ length: count }, () => GeneratorProcess.start()))
    const generators = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
    const failed = starts.find((start) => start.status === 'rejected')
    if (failed === undefined) return new GeneratorProcesses(generators)
    for (const generator of generators) generator.kill()
    throw failed.reason
  }

  get count(): number {
    return this.#generators.length
  }

  /**
   * Sends the load. One process that is lost does not end the run: the result then is of the others.
   *
   * @param embedded the target is our own shop, which the faults of the scenario befall
   * @throws WorldError if all are lost
   */
  async send(
    options: ProcessLoadOptions,
    { origin, prefix, startEpochMs }: LoadTarget,
    embedded: boolean,
  ): Promise<LoadByProcesses> {
    const { scenario, seed, directory, signal } = options
    const running = new RunningTotal(scenario, this.count)
    const shares = await Promise.all(
      segmentsOf(this.count).map(async (segment): Promise<Share> => {
        const requests = directory.requests.replace(/\.jsonl$/, `.${segmentName(segment)}.jsonl`)
        const target = { origin, prefix, startEpochMs }
        const task = { kind: 'load', scenario, seed, segment, target, embedded, requests } as const
        const onProgress = (progress: Parameters<RunningTotal['update']>[1]): void => {
          running.update(segment.index, progress)
          options.onProgress(running.nowMs, running)
        }
        try {
          const result = await this.#generators[segment.index]!.run(task, onProgress, signal)
          return { segment, requests, result }
        } catch (error) {
          if (!(error instanceof WorldError)) throw error
          return { segment, requests, result: error }
        }
      }),
    )
    return gather(shares, options)
  }

  kill(): void {
    for (const generator of this.#generators) generator.kill()
  }
}

async function gather(
  shares: readonly Share[],
  { scenario, statistics, directory }: ProcessLoadOptions,
): Promise<LoadByProcesses> {
  const whole: string[] = []
  const lost: string[] = []
  let endMs = 0
  for (const { segment, requests, result } of shares) {
    if (result instanceof WorldError) {
      const kept = existsSync(requests) ? `; what it wrote until then: ${requests}` : ''
      lost.push(`segment ${segmentText(segment)} is lost: ${result.message}${kept}`)
      continue
    }
    whole.push(requests)
    endMs = Math.max(endMs, result.endMs)
    statistics.merge(RunStatistics.fromJSON(scenario, result.statistics))
  }
  if (whole.length === 0) throw new WorldError(lost.join('; '))
  await mergeRequestLogs(whole, directory.requests)
  for (const part of whole) rmSync(part)
  return { endMs, lost: lost.length === 0 ? null : `${lost.join('; ')}: the numbers are of the others` }
}
