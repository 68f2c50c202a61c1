/** Running the virtual world to its end, in slices, so that progress, Ctrl-C and the disk get their turn. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LoadgenError } from '../../core/index.ts'
import type { DecisionLog, ExperienceLog } from '../../experience/index.ts'
import { VirtualWorld, type VirtualWorldOptions } from './virtual-world.ts'

const EVENTS_PER_SLICE = 20_000
/** More than this waiting for the disk, and the simulation waits too. */
const BACKLOG_BYTES = 16 * 1024 * 1024

/** Something that writes behind the run's back, and may lag. */
export interface Backlog {
  readonly error: LoadgenError | undefined
  readonly backlogBytes: number
  /** Resolves when it has caught up. */
  drained(): Promise<void>
}

export interface VirtualRunOptions<Log extends DecisionLog = ExperienceLog> extends VirtualWorldOptions<Log> {
  /** Files that the run writes to: the run waits for them when they lag behind. */
  readonly files?: readonly Backlog[]
  readonly onSlice?: (nowMs: number) => void
  readonly signal?: AbortSignal
}

/** Runs until the scenario is over or `signal` is aborted. Returns the world, closed. */
export async function runVirtual<Log extends DecisionLog = ExperienceLog>(
  options: VirtualRunOptions<Log>,
): Promise<VirtualWorld<Log>> {
  const { files = [], onSlice, signal } = options
  const world = new VirtualWorld(options)
  // Whoever aborts while an event is carried out means: after this one.
  signal?.addEventListener('abort', () => world.halt(), { once: true })
  while (!world.over) {
    world.step(EVENTS_PER_SLICE)
    onSlice?.(world.nowMs)
    for (const file of files) {
      if (file.error !== undefined) throw file.error
      if (file.backlogBytes > BACKLOG_BYTES) await file.drained()
    }
    await nextTurn()
    if (signal?.aborted) world.close()
  }
  return world
}
