import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { messages, protobufFields } from '../../test/support/protobuf.js'
import { type AttributeValue, encodeOnnxFile, type OnnxFile, type Tensor, type TensorInfo } from './onnx-file.js'

const nothing: OnnxFile = {
  ...{ producer: 'p', description: 'd', properties: new Map(), operatorSets: new Map(), graphName: 'g' },
  ...{ nodes: [], constants: new Map(), inputs: [], outputs: [] },
}
const encoded = (file: Partial<OnnxFile>) => Buffer.from(encodeOnnxFile({ ...nothing, ...file }))

/** Fields of a message, texts as texts. */
const fieldsOf = (message: Buffer | undefined) =>
  protobufFields(message ?? Buffer.of()).map(({ field, value }) => [
    field,
    Buffer.isBuffer(value) ? String(value) : value,
  ])

describe('an ONNX file', () => {
  it('has its version, producer and description, and what is in the maps', () => {
    const bytes = encoded({
      properties: new Map([['a', '1']]),
      operatorSets: new Map([
        ['', 17],
        ['ai.onnx.ml', 5],
      ]),
    })
    assert.deepEqual(
      fieldsOf(bytes).filter(([field]) => [1, 2, 6].includes(Number(field))),
      [
        [1, 8],
        [2, 'p'],
        [6, 'd'],
      ],
    )
    assert.deepEqual(messages(bytes, 14).map(fieldsOf), [
      [
        [1, 'a'],
        [2, '1'],
      ],
    ])
    assert.deepEqual(messages(bytes, 8).map(fieldsOf), [
      [
        [1, ''],
        [2, 17],
      ],
      [
        [1, 'ai.onnx.ml'],
        [2, 5],
      ],
    ])
    assert.deepEqual(fieldsOf(messages(bytes, 7)[0]), [
      [2, 'g'],
      [10, 'd'],
    ])
  })

  it('has nodes with their inputs, outputs and domain', () => {
    const node = { operator: 'Add', domain: '', name: 'n', inputs: ['a', 'b'], outputs: ['c'], attributes: {} } as const
    assert.deepEqual(fieldsOf(messages(encoded({ nodes: [node] }), 7, 1)[0]), [
      [1, 'a'],
      [1, 'b'],
      [2, 'c'],
      [3, 'n'],
      [4, 'Add'],
      [7, ''],
    ])
  })

  it('has attributes of each type', () => {
    const attributeOf = (value: AttributeValue) => {
      const node = {
        operator: 'X',
        domain: '',
        name: 'n',
        inputs: [],
        outputs: [],
        attributes: { key: value },
      } as const
      return messages(encoded({ nodes: [node] }), 7, 1, 5)[0]
    }
    assert.deepEqual(fieldsOf(attributeOf(3)), [
      [1, 'key'],
      [3, 3],
      [20, 2],
    ])
    assert.deepEqual(fieldsOf(attributeOf([4, 5])), [
      [1, 'key'],
      [8, 4],
      [8, 5],
      [20, 7],
    ])
    const tensor = attributeOf({ dims: [1], data: Uint8Array.of(9) })
    assert.deepEqual(
      fieldsOf(tensor).map(([field]) => field),
      [1, 5, 20],
    )
    assert.equal(fieldsOf(tensor).at(-1)?.[1], 4)
    assert.deepEqual(fieldsOf(messages(tensor!, 5)[0]), [
      [1, 1],
      [2, 2],
      [9, '\t'],
    ])
  })

  it('has constants by their type, size, name and bytes', () => {
    const tensors: readonly (readonly [Tensor['data'], number, number])[] = [
      [Float64Array.of(1, 2), 11, 8],
      [BigInt64Array.of(1n, 2n), 7, 8],
      [Int32Array.of(1, 2), 6, 4],
      [Uint8Array.of(1, 2), 2, 1],
    ]
    for (const [data, type, size] of tensors) {
      const [tensor] = messages(encoded({ constants: new Map([['c', { dims: [2, 1], data }]]) }), 7, 5)
      const fields = protobufFields(tensor!)
      assert.deepEqual(
        fields.slice(0, 3).map(({ field, value }) => [field, value]),
        [
          [1, 2],
          [1, 1],
          [2, type],
        ],
      )
      const [name, bytes] = fields.slice(3)
      assert.deepEqual([name?.field, String(name?.value), bytes?.field], [8, 'c', 9])
      assert.equal(Buffer.isBuffer(bytes?.value) ? bytes.value.length : 0, 2 * size)
    }
  })

  it('has inputs and outputs, whose sizes are numbers or names', () => {
    const info: TensorInfo = { name: 'x', type: 'double', dims: ['rows', 3], description: 'usage' }
    const bytes = encoded({ inputs: [info], outputs: [{ ...info, name: 'y', type: 'float', dims: [] }] })
    const [input] = messages(bytes, 7, 11)
    const [output] = messages(bytes, 7, 12)
    for (const [message, name, type] of [
      [input, 'x', 11],
      [output, 'y', 1],
    ] as const) {
      const texts = fieldsOf(message)
      assert.deepEqual(
        [texts[0], texts.at(-1)],
        [
          [1, name],
          [3, 'usage'],
        ],
      )
      assert.deepEqual(fieldsOf(messages(message!, 2, 1)[0])[0], [1, type])
    }
    assert.deepEqual(messages(input!, 2, 1, 2, 1).map(fieldsOf), [[[2, 'rows']], [[1, 3]]])
    assert.deepEqual(messages(output!, 2, 1, 2, 1), [])
  })
})
