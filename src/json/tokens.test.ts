import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ByteCursor } from './bytes.js'
import { readNumber } from './number.js'
import { readText } from './text.js'

const fail = (_: ByteCursor, at: number, problem: string): never => {
  throw new Error(`${problem} at ${at}`)
}

function cursorOf(text: string): ByteCursor {
  const bytes = Buffer.from(text)
  return { bytes, pos: 0, end: bytes.length }
}

describe('readText', () => {
  it('reads what JSON.parse reads', () => {
    for (const text of ['', 'plain', 'a "quoted" \\ é 😀 \u0007 \u2028', 'ends in a backslash \\']) {
      const cursor = cursorOf(`${JSON.stringify(text)},`)
      assert.equal(readText(cursor, 0, 1000, fail), text)
      assert.equal(cursor.pos, cursor.end - 1)
    }
  })

  it('waits for a string that is not complete, and stays', () => {
    for (const text of ['"', '"abc', '"abc\\', '"abc\\"']) {
      const cursor = cursorOf(text)
      assert.equal(readText(cursor, 0, 1000, fail), undefined)
      assert.equal(cursor.pos, 0)
    }
  })

  it('refuses what is no string', () => {
    assert.throws(() => readText(cursorOf('1'), 0, 1000, fail), /expected a string, found '1' at 0/)
    assert.throws(() => readText(cursorOf('"a\nb"'), 0, 1000, fail), /control character, byte 0x0a at 2/)
    assert.throws(() => readText(cursorOf('"\\x41"'), 0, 1000, fail), /is not a JSON string at 0/)
    assert.throws(() => readText(cursorOf(`"${'a'.repeat(20)}`), 0, 10, fail), /longer than 10 bytes/)
  })
})

describe('readNumber', () => {
  it('reads what JSON.parse reads', () => {
    for (const text of ['0', '-0', '1700000000.781', '1e-7', '-2.5E+3', '0.1', '123456789012345678901']) {
      const cursor = cursorOf(`${text} `)
      assert.equal(readNumber(cursor, 0, fail), JSON.parse(text))
      assert.equal(cursor.pos, text.length)
    }
  })

  it('waits where more digits may follow', () => {
    assert.equal(readNumber(cursorOf('12'), 0, fail), undefined)
  })

  it('refuses what JSON has not', () => {
    for (const text of ['01', '.5', '1.', '+1', '1e', '--1', '-']) {
      assert.throws(() => readNumber(cursorOf(`${text} `), 0, fail), /is not a number/, text)
    }
    assert.throws(() => readNumber(cursorOf('x'), 0, fail), /expected a number, found 'x'/)
    assert.throws(() => readNumber(cursorOf('1'.repeat(600)), 0, fail), /more than 512 characters/)
  })
})
