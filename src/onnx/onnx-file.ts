import { littleEndian } from './little-endian.js'
import { encodeMessage, type ProtobufMessage, protobufMessage } from './protobuf.js'

/** Element types of tensors and their numbers, `TensorProto.DataType`; Cast takes them as an attribute. */
export const elementTypes = { float: 1, uint8: 2, int32: 6, int64: 7, double: 11 } as const
export type ElementType = keyof typeof elementTypes

/** A constant. The type of its elements is that of its array; `BigInt64Array` is int64. */
export interface Tensor {
  readonly dims: readonly number[]
  readonly data: Float64Array | BigInt64Array | Int32Array | Uint8Array
}

/** An attribute of a node: a whole number, a list of them, or a tensor. Another node type has others; these do here. */
export type AttributeValue = number | readonly number[] | Tensor

export interface GraphNode {
  readonly operator: string
  /** `''` is ONNX's own operators. */
  readonly domain: '' | 'ai.onnx.ml'
  readonly name: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, AttributeValue>>
}

/** An input or output: a tensor with a name. A size that is a text is any number, named so. */
export interface TensorInfo {
  readonly name: string
  readonly type: ElementType
  readonly dims: readonly (number | string)[]
  readonly description: string
}

export interface OnnxFile {
  readonly producer: string
  readonly description: string
  /** `metadata_props` */
  readonly properties: ReadonlyMap<string, string>
  /** Version of the operators of each domain. */
  readonly operatorSets: ReadonlyMap<string, number>
  readonly graphName: string
  readonly nodes: readonly GraphNode[]
  readonly constants: ReadonlyMap<string, Tensor>
  readonly inputs: readonly TensorInfo[]
  readonly outputs: readonly TensorInfo[]
}

/** IR version 8, of ONNX 1.10: runtimes from 2021 on read it. */
const irVersion = 8

/** The bytes of an ONNX file: `ModelProto` of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
export function encodeOnnxFile(file: OnnxFile): Uint8Array {
  const graph = protobufMessage()
    .messages(1, file.nodes.map(nodeProto))
    .text(2, file.graphName)
    .messages(
      5,
      [...file.constants].map(([name, tensor]) => tensorProto(tensor, name)),
    )
    .text(10, file.description)
    .messages(11, file.inputs.map(valueInfo))
    .messages(12, file.outputs.map(valueInfo))
  return encodeMessage(
    protobufMessage()
      .integer(1, irVersion)
      .text(2, file.producer)
      .text(6, file.description)
      .message(7, graph)
      .messages(
        8,
        [...file.operatorSets].map(([domain, version]) => protobufMessage().text(1, domain).integer(2, version)),
      )
      .messages(14, entries(file.properties)),
  )
}

function nodeProto({ operator, domain, name, inputs, outputs, attributes }: GraphNode): ProtobufMessage {
  const node = protobufMessage()
  for (const input of inputs) node.text(1, input)
  for (const output of outputs) node.text(2, output)
  return node
    .text(3, name)
    .text(4, operator)
    .messages(
      5,
      Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
    )
    .text(7, domain)
}

/** `AttributeProto.AttributeType` */
const attributeTypes = { integer: 2, tensor: 4, integers: 7 } as const

function attributeProto(name: string, value: AttributeValue): ProtobufMessage {
  const attribute = protobufMessage().text(1, name)
  if (typeof value === 'number') return attribute.integer(3, value).integer(20, attributeTypes.integer)
  if (isTensor(value)) return attribute.message(5, tensorProto(value)).integer(20, attributeTypes.tensor)
  return attribute.integers(8, value).integer(20, attributeTypes.integers)
}

function isTensor(value: readonly number[] | Tensor): value is Tensor {
  return 'dims' in value
}

/** `raw_data` holds the elements as little-endian bytes. */
function tensorProto({ dims, data }: Tensor, name?: string): ProtobufMessage {
  return protobufMessage()
    .integers(1, dims)
    .integer(2, elementTypes[elementTypeOf(data)])
    .text(8, name)
    .bytes(9, littleEndian(data))
}

function elementTypeOf(data: Tensor['data']): ElementType {
  if (data instanceof Float64Array) return 'double'
  if (data instanceof BigInt64Array) return 'int64'
  return data instanceof Int32Array ? 'int32' : 'uint8'
}

function valueInfo({ name, type, dims, description }: TensorInfo): ProtobufMessage {
  const shape = protobufMessage().messages(
    1,
    dims.map((size) =>
      typeof size === 'number' ? protobufMessage().integer(1, size) : protobufMessage().text(2, size),
    ),
  )
  const tensor = protobufMessage().integer(1, elementTypes[type]).message(2, shape)
  return protobufMessage().text(1, name).message(2, protobufMessage().message(1, tensor)).text(3, description)
}

function entries(properties: ReadonlyMap<string, string>): readonly ProtobufMessage[] {
  return [...properties].map(([key, value]) => protobufMessage().text(1, key).text(2, value))
}
