/** The load of a run: from this process or, where there are any, from its generators. */
import { generateLoad, type LoadTarget } from '../generate-load.ts'
import type { GeneratorProcesses, ProcessLoadOptions } from './load-by-processes.ts'

export interface SendLoadOptions extends ProcessLoadOptions {
  readonly target: string | undefined
}

export interface SentLoad {
  readonly endMs: number
  /** Why it was less than the whole, if it was. */
  readonly stopped: string | null
}

export async function sendLoad(
  options: SendLoadOptions,
  place: LoadTarget,
  generators: GeneratorProcesses | undefined,
): Promise<SentLoad> {
  if (generators === undefined) return { endMs: await generateLoad(options, place), stopped: null }
  const { endMs, lost } = await generators.send(options, place, options.target === undefined)
  return { endMs, stopped: lost }
}
