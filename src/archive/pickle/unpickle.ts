import { ModelError, quote } from '../../core/errors.js'
import { type ByteReader, byteReader } from './byte-reader.js'
import { type Allocate, construct, isJoblibArray, reference, setState } from './construct.js'
import { readJoblibArray } from './joblib-array.js'
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
    128: () => void reader.byte(),
    149: () => void reader.bytes(8),
    // The stack
    40: () => stack.push(mark),
    48: () => (stack.at(-1) === mark ? void stack.pop() : void pop()),
    49: () => void popToMark(),
    50: () => stack.push(top()),
    // Constants
    78: () => stack.push(null),
    136: () => stack.push(true),
    137: () => stack.push(false),
    // Numbers
    70: () => stack.push(decimal(reader.line())),
    71: () => stack.push(reader.float64()),
    73: () => {
      const line = reader.line()
      stack.push(line === '01' ? true : line === '00' ? false : decimal(line))
    },
    74: () => stack.push(reader.int32()),
    75: () => stack.push(reader.byte()),
    76: () => stack.push(decimal(reader.line().replace(/L$/, ''))),
    77: () => stack.push(reader.uint16()),
    138: () => stack.push(littleEndianInteger(reader.bytes(reader.byte()))),
    139: () => stack.push(littleEndianInteger(reader.bytes(reader.uint32()))),
    // Text and bytes
    83: () => stack.push(quotedText(reader.line())),
    84: () => stack.push(Buffer.from(reader.bytes(reader.uint32())).toString('latin1')),
    85: () => stack.push(Buffer.from(reader.bytes(reader.byte())).toString('latin1')),
    86: () => stack.push(reader.line()),
    88: () => stack.push(text(reader.uint32())),
    140: () => stack.push(text(reader.byte())),
    141: () => stack.push(text(reader.length64())),
    66: () => stack.push(reader.bytes(reader.uint32())),
    67: () => stack.push(reader.bytes(reader.byte())),
    142: () => stack.push(reader.bytes(reader.length64())),
    150: () => stack.push(reader.bytes(reader.length64())),
    // Tuples and lists
    41: () => stack.push([]),
    93: () => stack.push([]),
    116: () => stack.push(popToMark()),
    108: () => stack.push(popToMark()),
    133: () => stack.push([pop()]),
    134: () => {
      const b = pop()
      stack.push([pop(), b])
    },
    135: () => {
      const c = pop()
      const b = pop()
      stack.push([pop(), b, c])
    },
    97: () => append([pop()], top()),
    101: () => append(popToMark(), top()),
    // Dictionaries and sets
    125: () => stack.push(new Map()),
    100: () => {
      const map = new Map<PickleValue, PickleValue>()
      setItems(popToMark(), map)
      stack.push(map)
    },
    115: () => {
      const value = pop()
      setItems([pop(), value], top())
    },
    117: () => setItems(popToMark(), top()),
    143: () => stack.push(new Set()),
    144: () => {
      const items = popToMark()
      const set = top()
      if (!(set instanceof Set)) throw invalid(`${describe(set)} is not a set`)
      for (const item of items) set.add(item)
    },
    145: () => stack.push(new Set(popToMark())),
    // The memo
    148: () => void memo.set(memo.size, top()),
    112: () => void memo.set(key(), top()),
    113: () => void memo.set(reader.byte(), top()),
    114: () => void memo.set(reader.uint32(), top()),
    103: () => stack.push(recall(key())),
    104: () => stack.push(recall(reader.byte())),
    106: () => stack.push(recall(reader.uint32())),
    // Names of classes, and records in place of objects
    99: () => stack.push(reference(reader.line(), reader.line())),
    147: () => {
      const name = pop()
      stack.push(reference(pop(), name))
    },
    82: () => {
      const args = popTuple()
      stack.push(construct(pop(), args, allocate))
    },
    129: () => {
      const args = popTuple()
      stack.push(construct(pop(), args, allocate))
    },
    146: () => {
      pop()
      const args = popTuple()
      stack.push(construct(pop(), args, allocate))
    },
    105: () => {
      const type = reference(reader.line(), reader.line())
      stack.push(construct(type, popToMark(), allocate))
    },
    111: () => {
      const [type, ...args] = popToMark()
      stack.push(construct(type, args, allocate))
    },
    98: () => {
      const state = pop()
      const object = top()
      setState(object, state)
      if (isJoblibArray(object))
        stack[stack.length - 1] = readJoblibArray(object, reader, () => run(reader, nesting + 1, meter))
    },
  }

  const stop = 0x2e
  for (let code = reader.byte(); code !== stop; code = reader.byte()) {
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
