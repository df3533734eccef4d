import { ModelError, quote } from '../../core/errors.js'
import { type ByteReader, byteReader } from './byte-reader.js'
import { type Allocate, construct, isJoblibArray, reference, setState } from './construct.js'
import { readJoblibArray } from './joblib-array.js'
import { Opcode } from './opcodes.js'
import { describe, type PickleValue } from './value.js'

const mark = Symbol('mark')
/** Object arrays hold pickles, which could hold object arrays. Models nest once. */
const maxNesting = 8
/** Each makes one value at most, of some 200 bytes for an empty dictionary. The largest published model has 20,000. */
const maxInstructions = 1_000_000

/**
 * Reads a pickle of protocol 0 to 5, with joblib's arrays, as data. A pickle is a program for a small stack machine; this
 * machine knows only the instructions that build values, and {@link construct} in place of calling.
 *
 * @throws ModelError `INVALID_ARCHIVE` naming the instruction, class or value that was refused, and where
 */
export function unpickle(bytes: Uint8Array): PickleValue {
  let allocated = 0
  let instructions = 0
  const meter: Meter = {
    allocate(count) {
      allocated += count
      // Text becomes bytes at most once in an honest pickle, so this is already generous.
      if (allocated > 2 * bytes.length) throw invalid('it makes more bytes than it has')
    },
    step() {
      if (++instructions > maxInstructions) {
        throw new ModelError('LIMIT_EXCEEDED', `the pickle has more than ${maxInstructions} instructions`)
      }
    },
  }
  return run(byteReader(bytes), 0, meter)
}

/** What a pickle and those nested in it may use together. */
interface Meter {
  readonly allocate: Allocate
  step(): void
}

function run(reader: ByteReader, nesting: number, meter: Meter): PickleValue {
  const { allocate } = meter
  if (nesting > maxNesting) throw invalid(`pickles are nested deeper than ${maxNesting}`)
  const stack: (PickleValue | typeof mark)[] = []
  const memo = new Map<number, PickleValue>()

  const pop = (): PickleValue => {
    const value = stack.pop()
    if (value === undefined || value === mark) throw invalid(`the stack is empty at byte ${reader.offset}`)
    return value
  }
  const top = (): PickleValue => {
    const value = stack.at(-1)
    if (value === undefined || value === mark) throw invalid(`the stack is empty at byte ${reader.offset}`)
    return value
  }
  const popToMark = (): PickleValue[] => {
    const start = stack.lastIndexOf(mark)
    if (start < 0) throw invalid(`there is no mark at byte ${reader.offset}`)
    const items = stack.splice(start)
    items.shift()
    return items.filter((item): item is PickleValue => item !== mark)
  }
  const popTuple = (): PickleValue[] => {
    const value = pop()
    if (!Array.isArray(value)) throw invalid(`${describe(value)} is not a tuple of arguments`)
    return value
  }
  const recall = (key: number): PickleValue => {
    const value = memo.get(key)
    if (value === undefined) throw invalid(`nothing was kept under ${key}`)
    return value
  }
  const text = (length: number): string => Buffer.from(reader.bytes(length)).toString('utf8')
  const decimal = (line: string): number => {
    const value = Number(line)
    if (line.trim() === '' || Number.isNaN(value)) throw invalid(`${quote(line)} is not a number`)
    return value
  }
  const key = (): number => decimal(reader.line())

  const instructions: Readonly<Record<number, () => void>> = {
    // Framing and protocol tell nothing that is needed here.
    [Opcode.PROTO]: () => void reader.byte(),
    [Opcode.FRAME]: () => void reader.bytes(8),
    // The stack
    [Opcode.MARK]: () => stack.push(mark),
    [Opcode.POP]: () => (stack.at(-1) === mark ? void stack.pop() : void pop()),
    [Opcode.POP_MARK]: () => void popToMark(),
    [Opcode.DUP]: () => stack.push(top()),
    // Constants
    [Opcode.NONE]: () => stack.push(null),
    [Opcode.NEWTRUE]: () => stack.push(true),
    [Opcode.NEWFALSE]: () => stack.push(false),
    // Numbers
    [Opcode.FLOAT]: () => stack.push(decimal(reader.line())),
    [Opcode.BINFLOAT]: () => stack.push(reader.float64()),
    [Opcode.INT]: () => {
      const line = reader.line()
      stack.push(line === '01' ? true : line === '00' ? false : decimal(line))
    },
    [Opcode.BININT]: () => stack.push(reader.int32()),
    [Opcode.BININT1]: () => stack.push(reader.byte()),
    [Opcode.LONG]: () => stack.push(decimal(reader.line().replace(/L$/, ''))),
    [Opcode.BININT2]: () => stack.push(reader.uint16()),
    [Opcode.LONG1]: () => stack.push(littleEndianInteger(reader.bytes(reader.byte()))),
    [Opcode.LONG4]: () => stack.push(littleEndianInteger(reader.bytes(reader.uint32()))),
    // Text and bytes
    [Opcode.STRING]: () => stack.push(quotedText(reader.line())),
    [Opcode.BINSTRING]: () => stack.push(Buffer.from(reader.bytes(reader.uint32())).toString('latin1')),
    [Opcode.SHORT_BINSTRING]: () => stack.push(Buffer.from(reader.bytes(reader.byte())).toString('latin1')),
    [Opcode.UNICODE]: () => stack.push(reader.line()),
    [Opcode.BINUNICODE]: () => stack.push(text(reader.uint32())),
    [Opcode.SHORT_BINUNICODE]: () => stack.push(text(reader.byte())),
    [Opcode.BINUNICODE8]: () => stack.push(text(reader.length64())),
    [Opcode.BINBYTES]: () => stack.push(reader.bytes(reader.uint32())),
    [Opcode.SHORT_BINBYTES]: () => stack.push(reader.bytes(reader.byte())),
    [Opcode.BINBYTES8]: () => stack.push(reader.bytes(reader.length64())),
    [Opcode.BYTEARRAY8]: () => stack.push(reader.bytes(reader.length64())),
    // Tuples and lists
    [Opcode.EMPTY_TUPLE]: () => stack.push([]),
    [Opcode.EMPTY_LIST]: () => stack.push([]),
    [Opcode.TUPLE]: () => stack.push(popToMark()),
    [Opcode.LIST]: () => stack.push(popToMark()),
    [Opcode.TUPLE1]: () => stack.push([pop()]),
    [Opcode.TUPLE2]: () => {
      const b = pop()
      stack.push([pop(), b])
    },
    [Opcode.TUPLE3]: () => {
      const c = pop()
      const b = pop()
      stack.push([pop(), b, c])
    },
    [Opcode.APPEND]: () => append([pop()], top()),
    [Opcode.APPENDS]: () => append(popToMark(), top()),
    // Dictionaries and sets
    [Opcode.EMPTY_DICT]: () => stack.push(new Map()),
    [Opcode.DICT]: () => {
      const map = new Map<PickleValue, PickleValue>()
      setItems(popToMark(), map)
      stack.push(map)
    },
    [Opcode.SETITEM]: () => {
      const value = pop()
      setItems([pop(), value], top())
    },
    [Opcode.SETITEMS]: () => setItems(popToMark(), top()),
    [Opcode.EMPTY_SET]: () => stack.push(new Set()),
    [Opcode.ADDITEMS]: () => {
      const items = popToMark()
      const set = top()
      if (!(set instanceof Set)) throw invalid(`${describe(set)} is not a set`)
      for (const item of items) set.add(item)
    },
    [Opcode.FROZENSET]: () => stack.push(new Set(popToMark())),
    // The memo
    [Opcode.MEMOIZE]: () => void memo.set(memo.size, top()),
    [Opcode.PUT]: () => void memo.set(key(), top()),
    [Opcode.BINPUT]: () => void memo.set(reader.byte(), top()),
    [Opcode.LONG_BINPUT]: () => void memo.set(reader.uint32(), top()),
    [Opcode.GET]: () => stack.push(recall(key())),
    [Opcode.BINGET]: () => stack.push(recall(reader.byte())),
    [Opcode.LONG_BINGET]: () => stack.push(recall(reader.uint32())),
    // Names of classes, and records in place of objects
    [Opcode.GLOBAL]: () => stack.push(reference(reader.line(), reader.line())),
    [Opcode.STACK_GLOBAL]: () => {
      const name = pop()
      stack.push(reference(pop(), name))
    },
    [Opcode.REDUCE]: () => {
      const args = popTuple()
      stack.push(construct(pop(), args, allocate))
    },
    [Opcode.NEWOBJ]: () => {
      const args = popTuple()
      stack.push(construct(pop(), args, allocate))
    },
    [Opcode.NEWOBJ_EX]: () => {
      pop()
      const args = popTuple()
      stack.push(construct(pop(), args, allocate))
    },
    [Opcode.INST]: () => {
      const type = reference(reader.line(), reader.line())
      stack.push(construct(type, popToMark(), allocate))
    },
    [Opcode.OBJ]: () => {
      const [type, ...args] = popToMark()
      stack.push(construct(type, args, allocate))
    },
    [Opcode.BUILD]: () => {
      const state = pop()
      const object = top()
      setState(object, state)
      if (isJoblibArray(object))
        stack[stack.length - 1] = readJoblibArray(object, reader, () => run(reader, nesting + 1, meter))
    },
  }

  for (let code = reader.byte(); code !== Opcode.STOP; code = reader.byte()) {
    meter.step()
    const instruction = instructions[code]
    if (!instruction)
      throw invalid(`instruction 0x${code.toString(16)} at byte ${reader.offset - 1} is not known; refused`)
    instruction()
  }
  return pop()
}

function append(items: readonly PickleValue[], list: PickleValue): void {
  if (!Array.isArray(list)) throw invalid(`${describe(list)} is not a list`)
  for (const item of items) list.push(item)
}

function setItems(items: readonly PickleValue[], target: PickleValue): void {
  // OrderedDict and the like are records that are filled item by item; nothing in a model is read from them.
  const map = target instanceof Map ? target : new Map<PickleValue, PickleValue>()
  if (items.length % 2 !== 0) throw invalid('a dictionary has a key without a value')
  for (let i = 0; i < items.length; i += 2) map.set(items[i]!, items[i + 1]!)
}

function littleEndianInteger(bytes: Uint8Array): number | bigint {
  let value = 0n
  for (let i = Math.min(bytes.length, 64) - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!)
  const signed = BigInt.asIntN(Math.min(bytes.length, 64) * 8, value)
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed
}

/** Protocol 0 writes text as Python would show it. Models hold only plain words there. */
function quotedText(line: string): string {
  return line.replace(/^(['"])(.*)\1$/, '$2')
}

function invalid(message: string): ModelError {
  return new ModelError('INVALID_ARCHIVE', `the pickle is not understood: ${message}`)
}
