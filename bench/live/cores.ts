/** The server on one core, the generator on another, so that neither takes the other's time. */
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

export const SERVER_CORE = 0
export const GENERATOR_CORE = 1

const pinned = availableParallelism() > 1 && spawnSync('taskset', ['--version']).error === undefined
if (!pinned) console.error('taskset or a second core is missing: server and generator share what there is')

export function onCore(core: number, command: string, args: readonly string[]): [string, string[]] {
  return pinned ? ['taskset', ['-c', String(core), command, ...args]] : [command, [...args]]
}
