/** `base_config`: the client's settings, shared by all scenarios of a foreign file. */
import { z } from 'zod'
import { text } from '../fields.ts'
import type { Range } from '../scenario.ts'
import type { FieldPath } from '../source-document.ts'
import type { ForeignFile } from './foreign-file.ts'

const seconds = z.number().min(0)

const baseConfigSchema = z.looseObject({
  base_url: text.optional(),
  request_timeout: z.number().positive().optional(),
  think_time_min: seconds.optional(),
  think_time_max: seconds.optional(),
})

export interface BaseConfig {
  readonly path: FieldPath
  readonly timeoutSeconds?: number
  /** Think time of the profiles that state none. */
  readonly thinkTimeSeconds?: Range
}

export function readBaseConfig(file: ForeignFile, places: readonly FieldPath[]): BaseConfig | undefined {
  const path = file.firstOf(places)
  const config = path && file.read(path, baseConfigSchema)
  if (path === undefined || config === undefined) return undefined
  if (config.base_url !== undefined) {
    file.warn(
      [...path, 'base_url'],
      `"${config.base_url}" is not contacted by itself: --target says what is loaded`,
    )
  }
  const { request_timeout: timeoutSeconds, think_time_min: low, think_time_max: high } = config
  const isPair = low !== undefined && high !== undefined
  if (isPair && low > high) {
    file.problems.add(
      file.document,
      [...path, 'think_time_min'],
      `expected at most think_time_max ${high}, got ${low}`,
    )
  }
  return {
    path,
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(isPair && { thinkTimeSeconds: [low, high] as const }),
  }
}
