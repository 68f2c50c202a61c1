/** `loadgen dataset`: everything that is done with recorded runs before and after training. */
import { type CommandGroup, commandEntry } from '../command.ts'

export const dataset: CommandGroup = {
  group: 'dataset',
  summary: 'Look at recorded data, check, divide, join, reward, export and import it',
  commands: [
    commandEntry(
      'stats <runs..>',
      'Coverage, rewards, features and the criteria of useful data',
      async () => (await import('./dataset-stats.ts')).datasetStats,
    ),
    commandEntry(
      'validate <files..>',
      "Find what is wrong with recorded data, ours or the predecessor's; 4 if there are faults",
      async () => (await import('./dataset-validate.ts')).datasetValidate,
    ),
    commandEntry(
      'split <run>',
      'Divide a run by session or by time, never by single decisions',
      async () => (await import('./dataset-split.ts')).datasetSplit,
    ),
    commandEntry(
      'sample <run>',
      'Draw a share of a run: whole sessions, or whole minutes',
      async () => (await import('./dataset-sample.ts')).datasetSample,
    ),
    commandEntry(
      'merge <runs..>',
      'Put whole runs with the same features and rewards one behind the other',
      async () => (await import('./dataset-merge.ts')).datasetMerge,
    ),
    commandEntry(
      'reward <run>',
      'Weigh the parts of the reward anew; nothing is run again',
      async () => (await import('./dataset-reward.ts')).datasetReward,
    ),
    commandEntry(
      'export <run>',
      "Write a run as Parquet, CSV, Minari's HDF5 or the predecessor's JSONL",
      async () => (await import('./dataset-export.ts')).datasetExport,
    ),
    commandEntry(
      'import <file>',
      "Read the predecessor's rl_experiences.jsonl; what it did not record is null",
      async () => (await import('./dataset-import.ts')).datasetImport,
    ),
  ],
}
