/** `loadgen dataset`: everything that is done with recorded runs before and after training. */
import type { Command, CommandGroup } from '../command.ts'
import { datasetExport } from './dataset-export.ts'
import { datasetImport } from './dataset-import.ts'
import { datasetMerge } from './dataset-merge.ts'
import { datasetReward } from './dataset-reward.ts'
import { datasetSample } from './dataset-sample.ts'
import { datasetSplit } from './dataset-split.ts'
import { datasetStats } from './dataset-stats.ts'
import { datasetValidate } from './dataset-validate.ts'

export const dataset: CommandGroup = {
  group: 'dataset',
  summary: 'Look at recorded data, check, divide, join, reward, export and import it',
  commands: [
    datasetStats,
    datasetValidate,
    datasetSplit,
    datasetSample,
    datasetMerge,
    datasetReward,
    datasetExport,
    datasetImport,
  ] as unknown as readonly Command[],
}
