/** A reader of ONNX files for tests, written from the format's definition and not from the writer: parses, and evaluates. */

/** By field number: varints as numbers, everything else as bytes. */
type Message = Map<number, (number | Uint8Array)[]>

export function parseMessage(bytes: Uint8Array): Message {
  const fields: Message = new Map()
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]!
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    let value: number | Uint8Array
    if ((tag & 7) === 0) value = varint()
    else if ((tag & 7) === 2) {
      const length = varint()
      if (at + length > bytes.length) throw new Error(`field ${tag >> 3}: longer than the message`)
      value = bytes.subarray(at, (at += length))
    } else throw new Error(`field ${tag >> 3}: wire type ${tag & 7}`)
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value])
  }
  return fields
}

const text = (value: number | Uint8Array | undefined) => new TextDecoder().decode(value as Uint8Array)
const messages = (message: Message, field: number) =>
  (message.get(field) ?? []).map((value) => parseMessage(value as Uint8Array))
const texts = (message: Message, field: number) => (message.get(field) ?? []).map(text)

export interface Matrix {
  readonly shape: readonly [number, number]
  readonly values: readonly number[]
}

export interface OnnxValueInfo {
  readonly name: string
  readonly elementType: number
  /** A text is a dimension that is free. */
  readonly shape: readonly (string | number)[]
}

interface OnnxNode {
  readonly operation: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, readonly number[]>
}

export class OnnxFile {
  readonly irVersion: number
  readonly opset: number
  readonly producer: string
  readonly metadata: ReadonlyMap<string, string>
  readonly inputs: readonly OnnxValueInfo[]
  readonly outputs: readonly OnnxValueInfo[]
  readonly nodes: readonly OnnxNode[]
  readonly constants: ReadonlyMap<string, Matrix>

  constructor(bytes: Uint8Array) {
    const model = parseMessage(bytes)
    this.irVersion = model.get(1)![0] as number
    this.producer = texts(model, 2)[0]!
    const [graph] = messages(model, 7)
    const [operatorSet] = messages(model, 8)
    this.opset = operatorSet!.get(2)![0] as number
    this.metadata = new Map(messages(model, 14).map((entry) => [texts(entry, 1)[0]!, texts(entry, 2)[0]!]))
    this.nodes = messages(graph!, 1).map((node) => ({
      inputs: texts(node, 1),
      outputs: texts(node, 2),
      operation: texts(node, 4)[0]!,
      attributes: new Map(messages(node, 5).map((one) => [texts(one, 1)[0]!, attributeOf(one)])),
    }))
    this.constants = new Map(messages(graph!, 5).map((tensor) => [texts(tensor, 8)[0]!, matrixOf(tensor)]))
    this.inputs = messages(graph!, 11).map(valueInfo)
    this.outputs = messages(graph!, 12).map(valueInfo)
  }

  /** All that the nodes compute, by name. */
  evaluate(input: Matrix): ReadonlyMap<string, Matrix> {
    const known = new Map<string, Matrix>([...this.constants, [this.inputs[0]!.name, input]])
    for (const { operation, inputs, outputs, attributes } of this.nodes) {
      const operands = inputs.map((name) => {
        const value = known.get(name)
        if (value === undefined) throw new Error(`${operation}: ${name} is not computed before it is used`)
        return value
      })
      known.set(outputs[0]!, compute(operation, operands, attributes))
    }
    return known
  }
}

function attributeOf(attribute: Message): readonly number[] {
  const type = attribute.get(20)![0]
  if (type === 2) return attribute.get(3) as number[]
  if (type === 7) return attribute.get(8) as number[]
  throw new Error(`attribute of type ${type}`)
}

function matrixOf(tensor: Message): Matrix {
  if (tensor.get(2)![0] !== 1) throw new Error('a tensor that is not of floats')
  const shape = tensor.get(1) as number[]
  const raw = tensor.get(9)![0] as Uint8Array
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  const values = Array.from({ length: raw.byteLength / 4 }, (_, i) => view.getFloat32(i * 4, true))
  if (values.length !== shape.reduce((product, length) => product * length, 1)) throw new Error('wrong size')
  return { shape: shape.length === 1 ? [1, shape[0]!] : [shape[0]!, shape[1]!], values }
}

function valueInfo(info: Message): OnnxValueInfo {
  const [type] = messages(info, 2)
  const [tensor] = messages(type!, 1)
  const [shape] = messages(tensor!, 2)
  return {
    name: texts(info, 1)[0]!,
    elementType: tensor!.get(1)![0] as number,
    shape: messages(shape!, 1).map((dim) => (dim.get(1)?.[0] as number | undefined) ?? texts(dim, 2)[0]!),
  }
}

function compute(operation: string, operands: readonly Matrix[], attributes: OnnxNode['attributes']): Matrix {
  const [a, b, c] = operands as [Matrix, Matrix, Matrix]
  if (operation === 'Gemm') return gemm(a, b, c)
  if (operation === 'Relu') return { shape: a.shape, values: a.values.map((value) => Math.max(0, value)) }
  if (operation === 'Add') return broadcast(a, b, (x, y) => x + y)
  if (operation === 'Sub') return broadcast(a, b, (x, y) => x - y)
  if (operation === 'ReduceMean') return reduceMean(a, attributes.get('axes')!, attributes.get('keepdims')!)
  throw new Error(`unknown operation ${operation}`)
}

function gemm(a: Matrix, b: Matrix, c: Matrix): Matrix {
  const [rows, depth] = a.shape
  const [height, columns] = b.shape
  if (depth !== height || c.values.length !== columns) throw new Error('Gemm: shapes do not fit')
  const values = Array.from({ length: rows * columns }, (_, at) => {
    const j = at % columns
    let sum = c.values[j]!
    for (let p = 0; p < depth; p++) {
      sum += a.values[Math.floor(at / columns) * depth + p]! * b.values[p * columns + j]!
    }
    return sum
  })
  return { shape: [rows, columns], values }
}

function broadcast(a: Matrix, b: Matrix, combine: (x: number, y: number) => number): Matrix {
  const rows = Math.max(a.shape[0], b.shape[0])
  const columns = Math.max(a.shape[1], b.shape[1])
  const cell = ({ shape, values }: Matrix, i: number, j: number) =>
    values[(shape[0] === 1 ? 0 : i) * shape[1] + (shape[1] === 1 ? 0 : j)]!
  const values = Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns]
    return combine(cell(a, i, j), cell(b, i, j))
  })
  return { shape: [rows, columns], values }
}

function reduceMean({ shape, values }: Matrix, axes: readonly number[], keepdims: readonly number[]): Matrix {
  if (keepdims[0] !== 1 || axes.length !== 1) throw new Error('ReduceMean: not as expected')
  const [rows, columns] = shape
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length
  if (axes[0] === 1) {
    const means = Array.from({ length: rows }, (_, i) => mean(values.slice(i * columns, (i + 1) * columns)))
    return { shape: [rows, 1], values: means }
  }
  const means = Array.from({ length: columns }, (_, j) => mean(values.filter((_v, at) => at % columns === j)))
  return { shape: [1, columns], values: means }
}
