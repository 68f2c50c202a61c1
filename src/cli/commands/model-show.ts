/** `loadgen model show`: what a trained model is. */
import { loadModel } from '../../learning/index.ts'
import type { Command } from '../command.ts'
import { modelText } from '../model-text.ts'
import { requireWholeNumber } from '../whole-number.ts'

export const modelShow: Command<{ directory: string; most: number }> = {
  examples: [['loadgen model show logs/a/model', 'its data, its numbers, its weights in words']],
  positionals: { directory: { type: 'string', describe: 'Model directory' } },
  options: {
    most: { type: 'number', default: 20, requiresArg: true, describe: 'Lines about what it has learned' },
    json: { type: 'boolean', default: false, describe: 'Print one JSON document instead of text' },
  },
  async run({ directory, most }, terminal) {
    requireWholeNumber('--most', most, { min: 0 })
    const model = loadModel(directory)
    const learned = model.inWords(most)
    const { description, version } = model
    if (terminal.json) terminal.out(JSON.stringify({ directory, version, ...description, learned }, null, 2))
    else terminal.out(modelText(directory, version, description, learned, terminal.outStyle))
    return 0
  },
}
