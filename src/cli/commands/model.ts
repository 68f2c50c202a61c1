/** `loadgen model`: what a trained model is, and for other programs. */
import { EXPORT_FORMATS, type ExportFormat, exportModel, loadModel } from '../../learning/index.ts'
import type { Command, CommandGroup } from '../command.ts'
import { modelText } from '../model-text.ts'
import { requireWholeNumber } from '../whole-number.ts'

const jsonOption = {
  json: { type: 'boolean', default: false, describe: 'Print one JSON document instead of text' },
} as const

const show: Command<{ directory: string; most: number }> = {
  usage: 'show <directory>',
  summary: 'What a model is, what it was trained on, and what it has learned',
  examples: [['loadgen model show logs/a/model', 'its data, its numbers, its weights in words']],
  positionals: { directory: { type: 'string', describe: 'Model directory' } },
  options: {
    most: { type: 'number', default: 20, requiresArg: true, describe: 'Lines about what it has learned' },
    ...jsonOption,
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

const exportCommand: Command<{ directory: string; format: ExportFormat; output: string }> = {
  usage: 'export <directory>',
  summary: 'Write a model for another program',
  examples: [
    ['loadgen model export logs/a/model --format onnx --output model.onnx', 'a network for ONNX runtimes'],
  ],
  positionals: { directory: { type: 'string', describe: 'Model directory' } },
  options: {
    format: { choices: EXPORT_FORMATS, default: 'onnx' as const, describe: 'Format of the file' },
    output: { type: 'string', requiresArg: true, demandOption: true, describe: 'File to write' },
    ...jsonOption,
  },
  async run({ directory, format, output }, terminal) {
    const model = loadModel(directory)
    const bytes = exportModel(model, format, output)
    if (terminal.json)
      terminal.out(JSON.stringify({ output, format, bytes, version: model.version }, null, 2))
    else terminal.out(`${output}: ${bytes} bytes, ${format}, of the model ${model.version.slice(0, 12)}`)
    return 0
  },
}

export const model: CommandGroup = {
  group: 'model',
  summary: 'Look at a trained model, or write it for another program',
  commands: [show, exportCommand] as unknown as readonly Command[],
}
