import { messages, protobufFields } from '../protobuf.js'

export type ElementType = 'float' | 'uint8' | 'int32' | 'int64' | 'bool' | 'double'
const typeNumbers: Readonly<Record<number, ElementType>> = {
  1: 'float',
  2: 'uint8',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  11: 'double',
}

/** Elements row by row, whatever their type. */
export interface Tensor {
  readonly type: ElementType
  readonly dims: readonly number[]
  readonly data: readonly number[]
}

export interface GraphNode {
  readonly operator: string
  readonly domain: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, number | readonly number[] | Tensor>
}

export interface OnnxGraph {
  readonly nodes: readonly GraphNode[]
  readonly constants: ReadonlyMap<string, Tensor>
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** The graph of an ONNX file by the field numbers of onnx.proto. */
export function readOnnxGraph(file: Uint8Array): OnnxGraph {
  const [graph = Buffer.of()] = messages(Buffer.from(file), 7)
  return {
    nodes: messages(graph, 1).map(readNode),
    constants: new Map(messages(graph, 5).map((tensor) => [text(tensor, 8), readTensor(tensor)])),
    inputs: messages(graph, 11).map((info) => text(info, 1)),
    outputs: messages(graph, 12).map((info) => text(info, 1)),
  }
}

export function typeOfNumber(number: number): ElementType {
  const type = typeNumbers[number]
  if (type === undefined) throw new Error(`element type ${number}`)
  return type
}

function text(message: Buffer, field: number): string {
  return texts(message, field)[0] ?? ''
}

function texts(message: Buffer, field: number): readonly string[] {
  return messages(message, field).map(String)
}

function integers(message: Buffer, field: number): readonly number[] {
  return protobufFields(message).flatMap((one) => (one.field === field ? [Number(one.value)] : []))
}

function readNode(node: Buffer): GraphNode {
  return {
    operator: text(node, 4),
    domain: text(node, 7),
    inputs: texts(node, 1),
    outputs: texts(node, 2),
    attributes: new Map(messages(node, 5).map((attribute) => [text(attribute, 1), readAttribute(attribute)])),
  }
}

/** By `AttributeProto.AttributeType`. */
function readAttribute(attribute: Buffer): number | readonly number[] | Tensor {
  const [type] = integers(attribute, 20)
  if (type === 2) return integers(attribute, 3)[0] ?? 0
  if (type === 4) return readTensor(messages(attribute, 5)[0]!)
  if (type === 7) return integers(attribute, 8)
  throw new Error(`attribute of type ${type}`)
}

const readers: Readonly<Record<ElementType, readonly [size: number, read: (bytes: Buffer, at: number) => number]>> = {
  float: [4, (bytes, at) => bytes.readFloatLE(at)],
  uint8: [1, (bytes, at) => bytes.readUInt8(at)],
  bool: [1, (bytes, at) => bytes.readUInt8(at)],
  int32: [4, (bytes, at) => bytes.readInt32LE(at)],
  int64: [8, (bytes, at) => Number(bytes.readBigInt64LE(at))],
  double: [8, (bytes, at) => bytes.readDoubleLE(at)],
}

function readTensor(tensor: Buffer): Tensor {
  const type = typeOfNumber(integers(tensor, 2)[0] ?? 0)
  const dims = integers(tensor, 1)
  const [raw = Buffer.of()] = messages(tensor, 9)
  const [size, read] = readers[type]
  const count = dims.reduce((product, dim) => product * dim, 1)
  if (raw.length !== count * size) throw new Error(`a tensor of ${dims} with ${raw.length} bytes of ${type}`)
  return { type, dims, data: Array.from({ length: count }, (_, i) => read(raw, i * size)) }
}
