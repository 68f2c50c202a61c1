/** `loadgen model`: what a trained model is, and for other programs. */
import { type CommandGroup, commandEntry } from '../command.ts'

export const model: CommandGroup = {
  group: 'model',
  summary: 'Look at a trained model, or write it for another program',
  commands: [
    commandEntry(
      'show <directory>',
      'What a model is, what it was trained on, and what it has learned',
      async () => (await import('./model-show.ts')).modelShow,
    ),
    commandEntry(
      'export <directory>',
      'Write a model for another program',
      async () => (await import('./model-export.ts')).modelExport,
    ),
  ],
}
