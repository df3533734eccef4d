import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { byteReader } from './byte-reader.js'
import { construct, isJoblibArray, reference, setState } from './construct.js'
import { elementCount, makeDtype, scalarValue, setDtypeState, toFloats, toNumber } from './numpy.js'
import { readJoblibArray } from './joblib-array.js'
import { describe as describeValue, type Dtype, type NdArray, type PickleValue } from './value.js'

const global = (module: string, name: string) => ({ kind: 'global', module, name }) as const
const make = (module: string, name: string, ...args: PickleValue[]) => construct(global(module, name), args, () => {})
const invalid = (message: RegExp) => ({ code: 'INVALID_ARCHIVE', message })
const doubles = (...values: number[]) => new Uint8Array(Float64Array.from(values).buffer)

describe('what a pickle calls', () => {
  it('becomes a record with what it was made of, and then its state', () => {
    const type = global('sklearn.svm._classes', 'SVR')
    const made = construct(type, [1, 'a'], () => {})
    assert.deepEqual(made, { kind: 'record', type, args: [1, 'a'], state: undefined })
    setState(made, 7)
    assert.deepEqual(made, { kind: 'record', type, args: [1, 'a'], state: 7 })
    assert.deepEqual(make('copyreg', '_reconstructor', type), { kind: 'record', type, args: [], state: undefined })
    assert.equal(isJoblibArray(made), false)
    assert.equal(isJoblibArray(make('joblib.numpy_pickle', 'NumpyArrayWrapper')), true)
    assert.equal(isJoblibArray('x'), false)
  })

  it('becomes an array, a number, text or bytes where numpy says so', () => {
    const float = makeDtype('f8')
    const array = make('numpy._core.numeric', '_frombuffer', doubles(1, 3, 2, 4), float, [2, 2], 'F')
    assert.deepEqual([...toFloats(array, 'x')], [1, 2, 3, 4])
    const rows = make('numpy._core.numeric', '_frombuffer', doubles(1, 3, 2, 4), float, [2, 2], 'C')
    assert.deepEqual([...toFloats(rows, 'x')], [1, 3, 2, 4])
    assert.equal(make('numpy.core.multiarray', 'scalar', float, doubles(2.5)), 2.5)
    const written: number[] = []
    const bytes = construct(global('_codecs', 'encode'), ['é', 'latin1'], (count) => written.push(count))
    assert.deepEqual([Buffer.from(bytes as Uint8Array), written], [Buffer.from([0xe9]), [1]])
    assert.deepEqual(make('numpy', 'dtype', 'i4'), makeDtype('i4'))
    for (const name of ['ndarray', '_reconstruct']) {
      const empty = make(name === 'ndarray' ? 'numpy' : 'numpy.core.multiarray', name)
      assert.deepEqual([...toFloats(empty, 'x')], [])
    }
  })

  it('gives an array its shape, type, order and bytes', () => {
    const array = make('numpy', 'ndarray')
    setState(array, [1, [2, 2], makeDtype('f8'), true, doubles(1, 3, 2, 4)])
    assert.deepEqual([...toFloats(array, 'x')], [1, 2, 3, 4])
    setState(array, [1, [2], makeDtype('O8'), false, [7, 8]])
    assert.deepEqual([...toFloats(array, 'x')], [7, 8])
    for (const state of [
      ...[null, [1, 'x', makeDtype('f8'), false, doubles(1)], [1, [1], 'f8', false, doubles(1)]],
      ...[
        [1, [1], makeDtype('f8'), false, 'x'],
        [1, [-1], makeDtype('f8'), false, doubles(1)],
      ],
      [1, [0.5], makeDtype('f8'), false, doubles(1)],
    ] as PickleValue[]) {
      assert.throws(() => setState(array, state), invalid(/an array without a usable state/))
    }
  })

  it('is refused, with what it is', () => {
    for (const [callable, args, message] of [
      ['text', [], /wants calling the string text, which no model needs; refused/],
      [undefined, [], /wants calling None/],
      [global('builtins', 'object'), [], /wants calling builtins\.object/],
      [global('os', 'system'), [], /asks for "os\.system"/],
      [global('copyreg', '_reconstructor'), [7], /wants making the number 7/],
      [global('_codecs', 'encode'), [7], /wants encoding the number 7/],
      [global('numpy.core.numeric', '_frombuffer'), ['x', makeDtype('f8'), [1]], /without a usable buffer/],
      [global('numpy.core.numeric', '_frombuffer'), [doubles(1), 'f8', [1]], /without a usable buffer/],
      [global('numpy.core.numeric', '_frombuffer'), [doubles(1), makeDtype('f8'), 1], /without a usable buffer/],
    ] as const) {
      assert.throws(() => construct(callable, [...args] as PickleValue[], () => {}), invalid(message))
    }
    assert.throws(() => setState('text', 7), invalid(/wants giving a state to the string text/))
    assert.throws(() => reference('os', 7), invalid(/wants naming the number 7 of the string os/))
    assert.throws(() => reference(7, 'x'), invalid(/wants naming the string x of the number 7/))
    assert.throws(() => reference('os', 'system'), invalid(/asks for/))
    assert.deepEqual(reference('numpy', 'dtype'), global('numpy', 'dtype'))
  })
})

describe('types of numpy', () => {
  it('are a letter and a size', () => {
    assert.deepEqual(makeDtype('V64'), {
      kind: 'dtype',
      code: 'V64',
      bigEndian: false,
      fields: undefined,
      itemSize: 64,
    })
    assert.equal(makeDtype('O').itemSize, 1)
    for (const code of ['', '8f', 'f8x', 'xf8', 'f12345678', 7, undefined]) {
      assert.throws(() => makeDtype(code), invalid(/is not a dtype/))
    }
  })

  it('have byte order, fields and size with their state', () => {
    const fields = new Map<PickleValue, PickleValue>([['a', [makeDtype('f8'), 8]]])
    const structure = makeDtype('V16')
    setDtypeState(structure, [3, '|', null, ['a'], fields, 24, 1])
    assert.deepEqual([structure.itemSize, structure.fields?.get('a')?.offset, structure.bigEndian], [24, 8, false])
    const swapped = makeDtype('f8')
    setDtypeState(swapped, [3, '>', null, null, null, -1])
    assert.deepEqual([swapped.bigEndian, swapped.itemSize, swapped.fields], [true, 8, undefined])
    const kept = makeDtype('V16')
    setDtypeState(kept, [3, '|', null, ['a'], fields, 0])
    assert.equal(kept.itemSize, 16)
    setDtypeState(kept, [3, '|', null, ['a'], fields, 'x'])
    assert.equal(kept.itemSize, 16)
    for (const state of [null, [3, '|', null, null]]) {
      assert.throws(() => setDtypeState(makeDtype('f8'), state as PickleValue), invalid(/no usable state/))
    }
    for (const field of [
      [7, [makeDtype('f8'), 8]],
      ['a', ['f8', 8]],
      ['a', [makeDtype('f8'), 'x']],
      ['a', 7],
    ] as const) {
      const wrong = new Map([field as unknown as [PickleValue, PickleValue]])
      assert.throws(() => setDtypeState(makeDtype('V8'), [3, '|', null, null, wrong]), invalid(/is not understood/))
    }
  })

  it('read every width, signed or not', () => {
    const read = (code: string, bytes: number[]) => {
      const array: NdArray = {
        kind: 'ndarray',
        shape: [1],
        dtype: makeDtype(code),
        data: Uint8Array.from(bytes),
        fortranOrder: false,
      }
      return toFloats(array, 'x')[0]
    }
    const all = (count: number) => new Array<number>(count).fill(255)
    assert.deepEqual(
      ['i1', 'i2', 'i4', 'i8'].map((code) => read(code, all(Number(code[1])))),
      [-1, -1, -1, -1],
    )
    assert.deepEqual(
      ['u1', 'u2', 'u4'].map((code) => read(code, all(Number(code[1])))),
      [255, 65_535, 2 ** 32 - 1],
    )
    assert.equal(read('u8', [1, 0, 0, 0, 1, 0, 0, 0]), 2 ** 32 + 1)
    assert.equal(read('f4', [0, 0, 192, 63]), 1.5)
  })

  it('count elements of a sane shape', () => {
    assert.deepEqual([elementCount([]), elementCount([2, 3]), elementCount([0, 5])], [1, 6, 0])
    for (const shape of [[-1], [0.5], ['x']])
      assert.throws(() => elementCount(shape), invalid(/is not a length of an array/))
    assert.throws(() => elementCount([2 ** 30, 2 ** 30]), invalid(/an array claims/))
  })

  it('are numbers alone where one is wanted', () => {
    const array = (...values: number[]): NdArray => ({
      ...{
        kind: 'ndarray',
        shape: [values.length],
        dtype: makeDtype('f8'),
        fortranOrder: false,
        data: doubles(...values),
      },
    })
    assert.deepEqual([toNumber(3, 'x'), toNumber(true, 'x'), toNumber(array(4), 'x')], [3, 1, 4])
    for (const value of ['x', array(1, 2), null, undefined])
      assert.throws(() => toNumber(value, 'x'), invalid(/not a number/))
    const text = { ...makeDtype('U4') }
    assert.equal(scalarValue(text, Buffer.from('abcd')), 'abcd')
    assert.equal(scalarValue(makeDtype('S4'), Buffer.from('abcd')), 'abcd')
    assert.throws(() => scalarValue('f8', doubles(1)), invalid(/bytes is not a numpy scalar/))
    assert.throws(() => scalarValue(makeDtype('f8'), 'x'), invalid(/the string x is not a numpy scalar/))
  })
})

describe('arrays of joblib', () => {
  const wrapper = (more: Readonly<Record<string, PickleValue>>) => {
    const made = make('joblib.numpy_pickle', 'NumpyArrayWrapper')
    setState(made, new Map(Object.entries({ shape: [2], dtype: makeDtype('f8'), order: 'C', ...more })))
    return made
  }
  const read = (made: PickleValue, bytes: Uint8Array, nested: PickleValue = 7) =>
    readJoblibArray(made, byteReader(bytes), () => nested)

  it('stand behind their wrapper, after some padding in newer versions', () => {
    assert.deepEqual([...toFloats(read(wrapper({}), doubles(1, 2)), 'x')], [1, 2])
    const padded = Buffer.concat([Buffer.from([3, 0, 0, 0]), doubles(1, 2)])
    assert.deepEqual([...toFloats(read(wrapper({ numpy_array_alignment_bytes: 16 }), padded), 'x')], [1, 2])
    assert.deepEqual([...toFloats(read(wrapper({ numpy_array_alignment_bytes: null }), doubles(1, 2)), 'x')], [1, 2])
    const columns = wrapper({ shape: [2, 2], order: 'F' })
    assert.deepEqual([...toFloats(read(columns, doubles(1, 3, 2, 4)), 'x')], [1, 2, 3, 4])
  })

  it('of objects are a pickle of their own', () => {
    const objects = make('numpy', 'ndarray')
    assert.equal(read(wrapper({ dtype: makeDtype('O8') }), doubles(), objects), objects)
    const wrong = wrapper({ dtype: makeDtype('O8') })
    assert.throws(() => read(wrong, doubles()), invalid(/an array of objects is the number 7/))
  })

  it('say what is wrong with them', () => {
    assert.throws(() => read(wrapper({}), doubles(1)), invalid(/stops short: 16 bytes are wanted at 0 of 8/))
    assert.throws(
      () => read(wrapper({ shape: 2 }), doubles()),
      invalid(/an array has shape the number 2 and type a numpy dtype/),
    )
    assert.throws(() => read(wrapper({ dtype: 'f8' }), doubles()), invalid(/type the string f8/))
    assert.throws(() => read('x', doubles()), invalid(/an array has shape None and type None/))
  })
})

describe('bytes of a pickle', () => {
  it('are read up to their end, and no further', () => {
    const reader = byteReader(Buffer.from([1, 2, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0x61, 0x0a, 0x62]))
    assert.deepEqual([reader.byte(), reader.uint16(), reader.int32(), reader.uint32()], [1, 2, -1, 2 ** 32 - 1])
    assert.deepEqual([reader.offset, reader.line(), reader.offset], [11, 'a', 13])
    assert.throws(() => reader.line(), invalid(/2 bytes are wanted at 13 of 14/))
    assert.equal(reader.bytes(1)[0], 0x62)
    assert.throws(() => reader.byte(), invalid(/1 bytes are wanted at 14 of 14/))
    assert.equal(byteReader(Buffer.from('3ff8000000000000', 'hex')).float64(), 1.5)
    assert.equal(byteReader(Buffer.from('0100000000000000', 'hex')).length64(), 1)
  })
})

describe('values in messages', () => {
  it('are named by their kind', () => {
    const dtype: Dtype = makeDtype('f8')
    const named: readonly (readonly [PickleValue | undefined, string])[] = [
      [null, 'None'],
      [undefined, 'None'],
      [[], 'a list'],
      [new Map(), 'a dictionary'],
      [new Set(), 'a set'],
      [new Uint8Array(), 'bytes'],
      ['x'.repeat(50), `the string ${'x'.repeat(40)}`],
      [true, 'the boolean true'],
      [5n, 'the bigint 5'],
      [global('a', 'b'), 'a.b'],
      [{ kind: 'record', type: global('a', 'b'), args: [], state: undefined }, 'a b'],
      [dtype, 'a numpy dtype'],
    ]
    for (const [value, name] of named) assert.equal(describeValue(value), name)
  })
})
