/** Models for other programs: the formats, and writing one. */
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { LearningError, makeFolder } from '../../core/index.ts'
import { onnxOf } from '../networks/onnx/onnx-of.ts'
import type { Model } from './model.ts'

export const EXPORT_FORMATS = ['onnx'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

const BYTES_OF: Readonly<Record<ExportFormat, (model: Model) => Uint8Array>> = { onnx: onnxOf }

/**
 * Writes a model as one file, replacing a file that stands there.
 *
 * @returns how many bytes it is
 * @throws LearningError if a model of this kind cannot be said in the format, or the file cannot be written
 */
export function exportModel(model: Model, format: ExportFormat, output: string): number {
  const bytes = BYTES_OF[format](model)
  const target = resolve(output)
  if (existsSync(target) && statSync(target).isDirectory()) {
    throw new LearningError(`${output}: is a directory: name a file for the export`)
  }
  const fresh = `${target}.partial`
  try {
    makeFolder(dirname(target))
    writeFileSync(fresh, bytes)
    renameSync(fresh, target)
  } catch (cause) {
    rmSync(fresh, { force: true })
    throw new LearningError(
      `${output}: cannot be written (${(cause as Error).message}): choose another --output`,
      { cause },
    )
  }
  return bytes.length
}
