/** Running the virtual world to its end, in slices, so that progress, Ctrl-C and the disk get their turn. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { JsonlFile } from '../../experience/index.ts'
import { VirtualWorld, type VirtualWorldOptions } from './virtual-world.ts'

const EVENTS_PER_SLICE = 20_000
/** More than this waiting for the disk, and the simulation waits too. */
const BACKLOG_BYTES = 16 * 1024 * 1024

export interface VirtualRunOptions extends VirtualWorldOptions {
  /** Files that the run writes to: the run waits for them when they lag behind. */
  readonly files?: readonly JsonlFile[]
  readonly onSlice?: (nowMs: number) => void
  readonly signal?: AbortSignal
}

/** Runs until the scenario is over or `signal` is aborted. Returns the world, closed. */
export async function runVirtual(options: VirtualRunOptions): Promise<VirtualWorld> {
  const { files = [], onSlice, signal } = options
  const world = new VirtualWorld(options)
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
