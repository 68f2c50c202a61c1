/**
 * Building blocks of ONNX files (field numbers: onnx.proto of ONNX 1.8, where opset 13 came): nodes, constant tensors, and
 * what goes in and out.
 */
import { bytesOf } from '../network-files.ts'
import { ProtobufWriter } from './protobuf-writer.ts'

const FLOAT = 1
const INTEGER_ATTRIBUTE = 2
const INTEGERS_ATTRIBUTE = 7
const IR_VERSION = 8
const OPSET = 13

export class OnnxGraph {
  readonly #name: string
  readonly #nodes: ProtobufWriter[] = []
  readonly #constants: ProtobufWriter[] = []
  readonly #inputs: ProtobufWriter[] = []
  readonly #outputs: ProtobufWriter[] = []

  constructor(name: string) {
    this.#name = name
  }

  /** A matrix of 32-bit floats whose number of rows, called `rows`, is free. */
  input(name: string, rows: string, width: number): string {
    this.#inputs.push(valueInfo(name, rows, width))
    return name
  }

  output(name: string, rows: string, width: number): void {
    this.#outputs.push(valueInfo(name, rows, width))
  }

  constant(name: string, shape: readonly number[], values: Float32Array): string {
    const tensor = new ProtobufWriter()
    for (const length of shape) tensor.integer(1, length)
    this.#constants.push(tensor.integer(2, FLOAT).text(8, name).bytes(9, bytesOf(values)))
    return name
  }

  /** Adds a node with one output, and returns the name of that. */
  node(
    operation: string,
    inputs: readonly string[],
    output: string,
    attributes: Readonly<Record<string, number | readonly number[]>> = {},
  ): string {
    const node = new ProtobufWriter()
    for (const input of inputs) node.text(1, input)
    node.text(2, output).text(3, output).text(4, operation)
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value))
    this.#nodes.push(node)
    return output
  }

  /** The whole file. @param metadata by key, for people and programs that use it */
  finish(producerVersion: string, metadata: Readonly<Record<string, string>>): Uint8Array {
    const graph = new ProtobufWriter()
    for (const node of this.#nodes) graph.message(1, node)
    graph.text(2, this.#name)
    for (const constant of this.#constants) graph.message(5, constant)
    for (const input of this.#inputs) graph.message(11, input)
    for (const output of this.#outputs) graph.message(12, output)
    const file = new ProtobufWriter()
      .integer(1, IR_VERSION)
      .text(2, 'loadgen')
      .text(3, producerVersion)
      .message(7, graph)
      .message(8, new ProtobufWriter().text(1, '').integer(2, OPSET))
    for (const [key, value] of Object.entries(metadata)) {
      file.message(14, new ProtobufWriter().text(1, key).text(2, value))
    }
    return file.finish()
  }
}

function valueInfo(name: string, rows: string, width: number): ProtobufWriter {
  const shape = new ProtobufWriter()
    .message(1, new ProtobufWriter().text(2, rows))
    .message(1, new ProtobufWriter().integer(1, width))
  const tensor = new ProtobufWriter().integer(1, FLOAT).message(2, shape)
  return new ProtobufWriter().text(1, name).message(2, new ProtobufWriter().message(1, tensor))
}

function attribute(name: string, value: number | readonly number[]): ProtobufWriter {
  const writer = new ProtobufWriter().text(1, name)
  if (typeof value === 'number') return writer.integer(3, value).integer(20, INTEGER_ATTRIBUTE)
  for (const item of value) writer.integer(8, item)
  return writer.integer(20, INTEGERS_ATTRIBUTE)
}
