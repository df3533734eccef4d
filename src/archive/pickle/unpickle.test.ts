import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Opcode } from './opcodes.js'
import { unpickle } from './unpickle.js'
import type { PickleValue } from './value.js'

type Part = number | string | readonly number[]

/** Instructions, bytes and text behind each other. */
const bytes = (...parts: readonly Part[]) =>
  Buffer.concat(
    parts.map((part) =>
      typeof part === 'number' ? Buffer.of(part) : typeof part === 'string' ? Buffer.from(part) : Buffer.from(part),
    ),
  )
const read = (...parts: readonly Part[]): PickleValue => unpickle(bytes(...parts, Opcode.STOP))
const refused = (message: RegExp, ...parts: readonly Part[]) =>
  assert.throws(() => read(...parts), { code: 'INVALID_ARCHIVE', message }, message.source)
const O = Opcode
const one = [O.BININT1, 1]
const two = [O.BININT1, 2]
const name = (text: string) => [O.SHORT_BINUNICODE, text.length, ...Buffer.from(text)]

describe('the numbers of a pickle', () => {
  it('are of one, two or four bytes, or as long as they say', () => {
    assert.equal(read(O.BININT1, 255), 255)
    assert.equal(read(O.BININT2, [1, 2]), 513)
    assert.equal(read(O.BININT, [254, 255, 255, 255]), -2)
    assert.equal(read(O.LONG1, 0), 0)
    assert.equal(read(O.LONG1, 1, 0xff), -1)
    assert.equal(read(O.LONG1, 2, [0xff, 0x00]), 255)
    assert.equal(read(O.LONG4, [2, 0, 0, 0], [0, 0x80]), -32_768)
    assert.equal(read(O.LONG1, 7, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f]), 2 ** 53 - 1)
    assert.equal(read(O.LONG1, 7, [0, 0, 0, 0, 0, 0, 0x20]), 2n ** 53n)
    assert.equal(read(O.LONG1, 9, [1, 0, 0, 0, 0, 0, 0, 0, 1]), 2n ** 64n + 1n)
    // Longer than any number of a model: what is beyond 512 bits is left out.
    assert.equal(read(O.LONG1, 65, [7, ...new Array<number>(63).fill(0), 1]), 7)
  })

  it('are doubles, or written as text', () => {
    assert.equal(read(O.BINFLOAT, [0x3f, 0xf8, 0, 0, 0, 0, 0, 0]), 1.5)
    assert.equal(read(O.FLOAT, '-2.5e3\n'), -2500)
    assert.equal(read(O.LONG, '12L\n'), 12)
    assert.equal(read(O.LONG, '12\n'), 12)
    for (const text of ['\n', ' \n', 'x\n', '1x\n']) refused(/is not a number/, O.FLOAT, text)
  })

  it('are true, false and nothing', () => {
    assert.deepEqual([read(O.NEWTRUE), read(O.NEWFALSE), read(O.NONE)], [true, false, null])
    assert.deepEqual([read(O.INT, '01\n'), read(O.INT, '00\n'), read(O.INT, '1\n')], [true, false, 1])
  })
})

describe('the text and the bytes of a pickle', () => {
  it('are as long as they say, in their encoding', () => {
    const text = Buffer.from('é')
    assert.equal(read(O.SHORT_BINUNICODE, 2, [...text]), 'é')
    assert.equal(read(O.BINUNICODE, [2, 0, 0, 0], [...text]), 'é')
    assert.equal(read(O.BINUNICODE8, [2, 0, 0, 0, 0, 0, 0, 0], [...text]), 'é')
    assert.equal(read(O.SHORT_BINSTRING, 2, [...text]), 'Ã©')
    assert.equal(read(O.BINSTRING, [2, 0, 0, 0], [...text]), 'Ã©')
    assert.equal(read(O.UNICODE, 'line\n'), 'line')
    for (const length of [
      [O.SHORT_BINBYTES, 2],
      [O.BINBYTES, 2, 0, 0, 0],
      [O.BINBYTES8, 2, 0, 0, 0, 0, 0, 0, 0],
      [O.BYTEARRAY8, 2, 0, 0, 0, 0, 0, 0, 0],
    ]) {
      assert.deepEqual([...(read(length, [9, 8]) as Uint8Array)], [9, 8])
    }
  })

  it('are in quotes in protocol 0, of one kind on both sides', () => {
    assert.equal(read(O.STRING, '"a"\n'), 'a')
    assert.equal(read(O.STRING, "''\n"), '')
    assert.equal(read(O.STRING, `'a"\n`), `'a"`)
    assert.equal(read(O.STRING, `x'a'\n`), `x'a'`)
  })
})

describe('the lists of a pickle', () => {
  it('are of what lies behind a mark, or of one, two and three', () => {
    assert.deepEqual(read(O.EMPTY_TUPLE), [])
    assert.deepEqual(read(O.EMPTY_LIST), [])
    assert.deepEqual(read(O.MARK, one, two, O.TUPLE), [1, 2])
    assert.deepEqual(read(O.MARK, one, O.MARK, two, O.LIST, O.TUPLE), [1, [2]])
    assert.deepEqual(read(one, O.TUPLE1), [1])
    assert.deepEqual(read(one, two, O.TUPLE2), [1, 2])
    assert.deepEqual(read(one, two, O.NONE, O.TUPLE3), [1, 2, null])
  })

  it('are added to, one by one or several at once', () => {
    assert.deepEqual(read(O.EMPTY_LIST, one, O.APPEND, O.MARK, two, one, O.APPENDS), [1, 2, 1])
    refused(/None is not a list/, O.NONE, one, O.APPEND)
    refused(/a dictionary is not a list/, O.EMPTY_DICT, O.MARK, one, O.APPENDS)
  })
})

describe('the dictionaries and sets of a pickle', () => {
  it('have keys and values in turns', () => {
    assert.deepEqual(read(O.EMPTY_DICT), new Map())
    assert.deepEqual(read(O.MARK, one, two, O.DICT), new Map([[1, 2]]))
    assert.deepEqual(
      read(O.EMPTY_DICT, one, two, O.SETITEM, O.MARK, two, one, O.SETITEMS),
      new Map([
        [1, 2],
        [2, 1],
      ]),
    )
    refused(/a key without a value/, O.MARK, one, O.DICT)
    refused(/a key without a value/, O.EMPTY_DICT, O.MARK, one, O.SETITEMS)
  })

  it('of other objects are passed over', () => {
    const ordered = [...name('collections'), ...name('OrderedDict'), O.STACK_GLOBAL, O.EMPTY_TUPLE, O.REDUCE]
    assert.deepEqual(read(ordered, one, two, O.SETITEM), read(ordered))
  })

  it('have each item once', () => {
    assert.deepEqual(read(O.EMPTY_SET, O.MARK, one, two, one, O.ADDITEMS), new Set([1, 2]))
    assert.deepEqual(read(O.MARK, one, one, O.FROZENSET), new Set([1]))
    refused(/a list is not a set/, O.EMPTY_LIST, O.MARK, one, O.ADDITEMS)
  })
})

describe('the stack of a pickle', () => {
  it('is taken from, doubled and cut at a mark', () => {
    assert.equal(read(one, two, O.POP), 1)
    assert.deepEqual(read(one, O.DUP, O.TUPLE2), [1, 1])
    assert.equal(read(one, O.MARK, two, two, O.POP_MARK), 1)
    assert.equal(read(one, O.MARK, O.POP), 1)
    assert.equal(read(one, two), 2)
  })

  it('has nothing below its end, nor below a mark', () => {
    refused(/the stack is empty at byte 1$/)
    refused(/the stack is empty at byte 1$/, O.POP)
    refused(/the stack is empty at byte 1$/, O.DUP)
    refused(/the stack is empty at byte 2$/, O.MARK, O.DUP)
    refused(/the stack is empty at byte 4$/, one, O.MARK, O.TUPLE1)
    refused(/there is no mark at byte 3$/, one, O.TUPLE)
  })

  it('is not of instructions that are not known, or that stop short', () => {
    refused(/instruction 0x50 at byte 2 is not known; refused/, one, 0x50)
    assert.throws(() => unpickle(bytes(one)), { message: /1 bytes are wanted at 2 of 2/ })
    assert.deepEqual(read(O.PROTO, 4, O.FRAME, [1, 2, 3, 4, 5, 6, 7, 8], one), 1)
  })
})

describe('what a pickle keeps', () => {
  it('is recalled by its number, or its place', () => {
    assert.deepEqual(read(one, O.BINPUT, 7, O.BINGET, 7, O.TUPLE2), [1, 1])
    assert.deepEqual(read(one, O.LONG_BINPUT, [0, 1, 0, 0], O.LONG_BINGET, [0, 1, 0, 0], O.TUPLE2), [1, 1])
    assert.deepEqual(read(one, O.PUT, '3\n', O.GET, '3\n', O.TUPLE2), [1, 1])
    assert.deepEqual(read(one, O.MEMOIZE, two, O.MEMOIZE, O.POP, O.BINGET, 1, O.TUPLE2), [1, 2])
    for (const get of [
      [O.BINGET, 9],
      [O.LONG_BINGET, 9, 0, 0, 0],
    ]) {
      refused(/nothing was kept under 9$/, get)
    }
    refused(/"x" is not a number/, one, O.PUT, 'x\n')
  })
})

describe('the objects of a pickle', () => {
  const svr = { kind: 'global', module: 'sklearn.svm._classes', name: 'SVR' } as const
  const type = [...name(svr.module), ...name(svr.name), O.STACK_GLOBAL]
  const made = (...args: PickleValue[]) => ({ kind: 'record', type: svr, args, state: undefined })

  it('are records of their class, however it is named and called', () => {
    assert.deepEqual(read(type), svr)
    assert.deepEqual(read(O.GLOBAL, `${svr.module}\n${svr.name}\n`), svr)
    assert.deepEqual(read(type, one, O.TUPLE1, O.REDUCE), made(1))
    assert.deepEqual(read(type, one, O.TUPLE1, O.NEWOBJ), made(1))
    assert.deepEqual(read(type, one, O.TUPLE1, O.EMPTY_DICT, O.NEWOBJ_EX), made(1))
    assert.deepEqual(read(O.MARK, one, two, O.INST, `${svr.module}\n${svr.name}\n`), made(1, 2))
    assert.deepEqual(read(O.MARK, type, one, O.OBJ), made(1))
    assert.deepEqual(read(type, O.EMPTY_TUPLE, O.REDUCE, one, O.BUILD), { ...made(), state: 1 })
  })

  it('are refused where they are of no model, or called with no list', () => {
    refused(/asks for "os\.system"/, name('os'), name('system'), O.STACK_GLOBAL)
    refused(/asks for "os\.system"/, O.GLOBAL, 'os\nsystem\n')
    refused(/wants naming the number 1 of/, name('numpy'), one, O.STACK_GLOBAL)
    refused(/the number 1 is not a tuple of arguments/, type, one, O.REDUCE)
    refused(/wants calling the number 1/, one, O.EMPTY_TUPLE, O.NEWOBJ)
    refused(/wants giving a state to the number 1/, one, two, O.BUILD)
  })
})

describe('the bounds of a pickle', () => {
  const wrapper = [
    ...name('joblib.numpy_pickle'),
    ...name('NumpyArrayWrapper'),
    O.STACK_GLOBAL,
    O.EMPTY_TUPLE,
    O.REDUCE,
  ]
  const objects = [...name('numpy'), ...name('dtype'), O.STACK_GLOBAL, ...name('O8'), O.TUPLE1, O.REDUCE]
  const state = [O.MARK, ...name('shape'), O.EMPTY_TUPLE, ...name('dtype'), ...objects, O.DICT, O.BUILD]
  const array = [...name('numpy'), ...name('ndarray'), O.STACK_GLOBAL, O.EMPTY_TUPLE, O.REDUCE]
  const nested = (depth: number) => [
    ...Array.from({ length: depth }, () => [...wrapper, ...state]).flat(),
    ...array,
    ...new Array<number>(depth).fill(O.STOP),
  ]

  it('are eight pickles within each other', () => {
    assert.equal((read(nested(8)) as { kind?: string }).kind, 'ndarray')
    refused(/nested deeper than 8/, nested(9))
  })

  it('are a million instructions', () => {
    const of = (instructions: number) =>
      unpickle(Buffer.concat([Buffer.alloc(instructions, O.NONE), Buffer.of(O.STOP)]))
    assert.equal(of(1_000_000), null)
    assert.throws(() => of(1_000_001), { code: 'LIMIT_EXCEEDED', message: /more than 1000000 instructions/ })
  })

  it('are twice as many bytes made as there are', () => {
    const encode = [...name('_codecs'), ...name('encode'), O.STACK_GLOBAL]
    const text = [O.BINUNICODE, 100, 0, 0, 0, ...Buffer.alloc(100, 'x'), O.TUPLE1]
    const again = (times: number) => [
      ...[...encode, O.BINPUT, 0, ...text, O.BINPUT, 1, O.REDUCE],
      ...Array.from({ length: times }, () => [O.BINGET, 0, O.BINGET, 1, O.REDUCE]).flat(),
    ]
    assert.equal((read(again(1)) as Uint8Array).length, 100)
    refused(/makes more bytes than it has/, again(5))
  })
})
