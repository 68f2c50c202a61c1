/** Tables on disk: the encoder with its edges and hash, the classes, and the values that the data shows. */
import { join } from 'node:path'
import { LearningError } from '../../core/index.ts'
import { featureDifference } from '../data/feature-difference.ts'
import { BinnedEncoder, ENCODER_VERSION, type EncoderDescription } from '../encoders/binned-encoder.ts'
import type { ModelKind } from '../models/model.ts'
import { ACTIONS_FILE, ENCODER_FILE, type QTable, TABLE_FILE, TabularModel } from './tabular-model.ts'

export const tabularKind: ModelKind = {
  name: 'tabular',
  summary: 'a value per class of states and class of instances',
  files: [ENCODER_FILE, ACTIONS_FILE, TABLE_FILE],
  load: (directory, files, description, version) => {
    const encoder = readEncoder(join(directory, ENCODER_FILE), files[ENCODER_FILE])
    const actionMappings = files[ACTIONS_FILE] as Readonly<Record<string, number>>
    return new TabularModel(
      description,
      { encoder, actionMappings, qTable: files[TABLE_FILE] as QTable },
      version,
    )
  },
}

function readEncoder(file: string, content: unknown): BinnedEncoder {
  const { hash, ...description } = content as EncoderDescription & { hash: string }
  if (description.version !== ENCODER_VERSION) {
    throw new LearningError(
      `${file}: expected encoder version ${ENCODER_VERSION}, got ${description.version}: train again`,
    )
  }
  const difference = featureDifference(description)
  if (difference !== undefined) {
    throw new LearningError(`${file}: the model was trained on other features: ${difference}: train again`)
  }
  const encoder = new BinnedEncoder(description)
  if (encoder.hash === hash) return encoder
  throw new LearningError(`${file}: was edited (its hash is not the one in it): train again`)
}
