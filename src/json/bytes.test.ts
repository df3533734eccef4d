import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ByteCursor, describeByte, isSpace, needMore, skipSpace } from './bytes.js'
import { exactPowersOfTen, readNumber } from './number.js'
import { endOfText, readText, Text, textState } from './text.js'
import { valueScanner } from './value-scanner.js'

const fail = (_: ByteCursor, at: number, problem: string): never => {
  throw new Error(`${problem} at ${at}`)
}
const cursorOf = (text: string): ByteCursor => {
  const bytes = Buffer.from(text)
  return { bytes, pos: 0, end: bytes.length }
}

describe('white space', () => {
  it('is what JSON takes for it', () => {
    const space = Array.from({ length: 256 }, (_, byte) => byte).filter(isSpace)
    assert.deepEqual(space, [9, 10, 13, 32])
  })

  it('is passed over up to the end', () => {
    const skip = (text: string, from = 0, end = text.length) => skipSpace(Buffer.from(text), from, end)
    assert.equal(skip(' \t\r\n1'), 4)
    assert.equal(skip('x '), 0)
    assert.equal(skip('x  '), 0)
    assert.equal(skip('x  y', 1), 3)
    assert.equal(skip('   '), 3)
    assert.equal(skip('    ', 1, 2), 2)
    assert.equal(skip('\u000b'), 0)
    assert.equal(skip(''), 0)
  })
})

describe('a byte in a message', () => {
  it('is itself where it can be printed', () => {
    const of = (byte: number | undefined) => describeByte(byte)
    assert.deepEqual([of(0x21), of(0x7e)], ["'!'", "'~'"])
    assert.deepEqual(
      [of(0x20), of(0x7f), of(0x0b), of(0xff), of(0)],
      [...['byte 0x20', 'byte 0x7f', 'byte 0x0b', 'byte 0xff', 'byte 0x00']],
    )
    assert.equal(of(undefined), 'the end')
  })
})

describe('numbers', () => {
  it('are read from where they begin up to where they end', () => {
    const cursor = cursorOf('[12.5,')
    assert.equal(readNumber(cursor, 1, fail), 12.5)
    assert.equal(cursor.pos, 5)
    for (const text of ['0', '9', '-1', '1E5', '1e+5', '10', '0.05', '100e-2']) {
      assert.equal(readNumber(cursorOf(`${text}]`), 0, fail), Number(text), text)
    }
    for (const text of ['00', '1.2.3', '1e5.5', '.', 'e', '1e+', '-a', '1-']) {
      assert.throws(() => readNumber(cursorOf(`${text} `), 0, fail), /at 0/, text)
    }
    for (const [text, found] of [
      ['/', "'/'"],
      [':', "':'"],
      [' ', 'byte 0x20'],
      ['d', "'d'"],
    ] as const) {
      const message = new RegExp(`expected a number, found ${found} at 0`)
      assert.throws(() => readNumber(cursorOf(`${text}1 `), 0, fail), message, text)
    }
  })

  it('have 512 characters at most', () => {
    assert.equal(readNumber(cursorOf(`${'1'.repeat(512)} `), 0, fail), Number('1'.repeat(512)))
    assert.equal(readNumber(cursorOf('1'.repeat(512)), 0, fail), undefined)
    assert.throws(() => readNumber(cursorOf(`${'1'.repeat(513)} `), 0, fail), /more than 512 characters at 0/)
  })

  it('have powers of ten that a double holds exactly', () => {
    assert.equal(exactPowersOfTen.length, 23)
    assert.ok(exactPowersOfTen.every((power, i) => BigInt(power) === 10n ** BigInt(i)))
  })
})

describe('strings', () => {
  it('change where a scanner stands at quotes and behind backslashes', () => {
    const states = (text: string) => {
      let state: number = Text.Outside
      return [...Buffer.from(text)].map((byte) => {
        state = textState(state, byte)
        return state
      })
    }
    assert.deepEqual(states('a"b"'), [0, 1, 1, 0])
    assert.deepEqual(states('\\"'), [0, 1])
    assert.deepEqual(states('"\\"\\\\"'), [1, 2, 1, 2, 1, 0])
  })

  it('go on up to a quote or backslash', () => {
    const end = (text: string, from = 0, to = text.length) => endOfText(Buffer.from(text), from, to)
    assert.deepEqual([end('ab"'), end('ab\\'), end('"'), end('ab'), end('"a"', 1)], [2, 2, 0, 2, 2])
    assert.equal(end('abc"', 0, 2), 2)
  })

  it('are read from where they begin, in any characters', () => {
    const cursor = cursorOf('x"a~\u007fé",')
    assert.equal(readText(cursor, 1, 100, fail), 'a~\u007fé')
    assert.equal(cursor.pos, 8)
    assert.equal(readText(cursorOf('"a\\u0041"'), 0, 100, fail), 'aA')
    assert.equal(readText(cursorOf('"a b"'), 0, 100, fail), 'a b')
    assert.equal(readText(cursorOf(''), 0, 100, fail), undefined)
    assert.equal(readText(cursorOf('"a"'), 3, 100, fail), undefined)
    assert.throws(() => readText(cursorOf('"a\u001fb"'), 0, 100, fail), /control character, byte 0x1f at 2/)
  })

  it('are no longer than allowed', () => {
    assert.equal(readText(cursorOf('"12345"'), 0, 6, fail), '12345')
    assert.throws(() => readText(cursorOf('"123456"'), 0, 6, fail), /longer than 6 bytes at 0/)
    assert.equal(readText(cursorOf('"12345'), 0, 6, fail), undefined)
  })
})

describe('literals between values', () => {
  const scan = (text: string, maxDepth = 2) => {
    const faults = {
      tooDeep: (at: number) => fail(cursorOf(''), at, 'deep'),
      unexpected: (at: number) => fail(cursorOf(''), at, 'unexpected'),
    }
    return valueScanner(maxDepth, faults).scan(Buffer.from(text), 0, Buffer.byteLength(text))
  }

  it('end at the first byte that is no part of one', () => {
    for (const literal of ['true', 'z', '0', '9', '-1.5e+3', '1E5', 'a']) {
      for (const after of [',', '}', ']', ' ', ':', '/', '`', '{']) {
        assert.equal(scan(literal + after), literal.length, literal + after)
      }
    }
    for (const no of ['/', ':', '`', '{}'[1]!, '~', 'A', 'F', ',', ';', '\u007f']) {
      assert.throws(() => scan(`${no}1`), /unexpected at 0/, no)
    }
  })

  it('are not looked at within brackets', () => {
    assert.equal(scan('[A/~`]'), 6)
    assert.equal(scan('[{}]x'), 4)
    assert.throws(() => scan('[[[', 2), /deep at 2/)
    assert.throws(() => scan('[{]'), /unexpected at 2/)
    assert.equal(scan('[[]'), needMore)
  })

  it('begin anew', () => {
    const scanner = valueScanner(3, {
      tooDeep: () => fail(cursorOf(''), 0, 'deep'),
      unexpected: () => fail(cursorOf(''), 0, 'no'),
    })
    const text = Buffer.from('[["a')
    assert.equal(scanner.scan(text, 0, text.length), needMore)
    scanner.begin()
    assert.equal(scanner.scan(Buffer.from('1 '), 0, 2), 1)
    scanner.begin()
    assert.equal(scanner.scan(text, 2, 4), needMore)
    scanner.beginInList()
    assert.equal(scanner.scan(Buffer.from('{}]'), 0, 3), 3)
    scanner.beginInList()
    assert.throws(() => scanner.scan(Buffer.from('}'), 0, 1), /no at 0/)
  })
})
