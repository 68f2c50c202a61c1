/** `loadgen model export`: a trained model for other programs. */
import { EXPORT_FORMATS, type ExportFormat, exportModel, loadModel } from '../../learning/index.ts'
import type { Command } from '../command.ts'

export const modelExport: Command<{ directory: string; format: ExportFormat; output: string }> = {
  examples: [
    ['loadgen model export logs/a/model --format onnx --output model.onnx', 'a network for ONNX runtimes'],
  ],
  positionals: { directory: { type: 'string', describe: 'Model directory' } },
  options: {
    format: { choices: EXPORT_FORMATS, default: 'onnx' as const, describe: 'Format of the file' },
    output: { type: 'string', requiresArg: true, demandOption: true, describe: 'File to write' },
    json: { type: 'boolean', default: false, describe: 'Print one JSON document instead of text' },
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
