import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { protobufFields } from '../../test/support/protobuf.js'
import { encodeMessage, protobufMessage } from './protobuf.js'

const fieldsOf = (bytes: Uint8Array) => protobufFields(Buffer.from(bytes))

describe('protobuf messages', () => {
  it('are what the specification of the wire format gives as examples', () => {
    assert.deepEqual([...encodeMessage(protobufMessage().integer(1, 150))], [0x08, 0x96, 0x01])
    const text = [0x12, 0x07, ...Buffer.from('testing')]
    assert.deepEqual([...encodeMessage(protobufMessage().text(2, 'testing'))], text)
    const nested = protobufMessage().message(3, protobufMessage().integer(1, 150))
    assert.deepEqual([...encodeMessage(nested)], [0x1a, 0x03, 0x08, 0x96, 0x01])
    // -2 in 64 bits.
    assert.deepEqual(
      [...encodeMessage(protobufMessage().integer(1, -2))],
      [0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    )
  })

  it('come back with their fields in order, and without those that are not there', () => {
    const inner = [protobufMessage().text(1, 'ä'), protobufMessage()]
    const message = protobufMessage()
      .integers(1, [0, 127, 128, 2 ** 31, Number.MAX_SAFE_INTEGER])
      .text(2, undefined)
      .bytes(20, Uint8Array.of(0, 255))
      .messages(21, inner)
    assert.deepEqual(fieldsOf(encodeMessage(message)), [
      ...[0, 127, 128, 2 ** 31, Number.MAX_SAFE_INTEGER].map((value) => ({ field: 1, value })),
      { field: 20, value: Buffer.of(0, 255) },
      { field: 21, value: Buffer.of(0x0a, 2, 0xc3, 0xa4) },
      { field: 21, value: Buffer.of() },
    ])
  })

  it('hold long values', () => {
    const [{ value } = { value: 0 }] = fieldsOf(
      encodeMessage(protobufMessage().bytes(1, new Uint8Array(100_000).fill(7))),
    )
    assert.ok(Buffer.isBuffer(value) && value.length === 100_000 && value.every((byte) => byte === 7))
  })

  it('say how long they are, and end varints at seven bits', () => {
    for (const value of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2 ** 35]) {
      const message = protobufMessage().integer(2, value)
      assert.equal(message.length, encodeMessage(message).length, String(value))
      assert.deepEqual(fieldsOf(encodeMessage(message)), [{ field: 2, value }])
    }
    assert.deepEqual([...encodeMessage(protobufMessage().integer(1, 128))], [0x08, 0x80, 0x01])
    assert.deepEqual([...encodeMessage(protobufMessage().integer(1, 127))], [0x08, 0x7f])
    assert.deepEqual([...encodeMessage(protobufMessage().integer(1, -1))], [0x08, ...new Array(9).fill(0xff), 0x01])
    const smallest = [0x80, 0x80, 0x80, 0x80, 0xf8, 0xff, 0xff, 0xff, 0xff, 0x01]
    assert.deepEqual([...encodeMessage(protobufMessage().integer(1, -(2 ** 31)))], [0x08, ...smallest])
  })

  it('leave out each kind of value that is not there', () => {
    const nothing = protobufMessage().integer(1, undefined).text(2, undefined).bytes(3, undefined).message(4, undefined)
    assert.deepEqual([...encodeMessage(nothing.messages(5, []))], [])
  })
})
