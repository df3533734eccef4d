import { ModelError } from '../core/errors.js'
import { Byte, type ByteCursor, needMore } from '../json/bytes.js'
import { readText, Text, textState } from '../json/text.js'
import { valueScanner } from '../json/value-scanner.js'

/** Where a large value stands in a JSON text: from `start` up to, not including, `end`, in bytes. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface JsonEnvelope {
  /** The document with each large value replaced by `null`. */
  readonly value: unknown
  /** The large values that were there, by path, e.g. `trainer.idle_prom_response`. */
  readonly large: ReadonlyMap<string, ByteRange>
}

export interface EnvelopeOptions {
  /** Paths of object keys, joined by dots, whose values stay where they are. */
  readonly largePaths: ReadonlySet<string>
  /** Bytes that everything else may take. @default 1 MiB */
  readonly maxEnvelopeBytes?: number
  /** Nesting of the envelope and of large values alike. @default 64 */
  readonly maxDepth?: number
}

/** Takes a JSON text chunk by chunk. */
export interface EnvelopeScanner {
  /** @throws ModelError `INVALID_REQUEST` as soon as it can be no JSON object, `LIMIT_EXCEEDED` past a bound */
  write(chunk: Uint8Array): void
  /** @throws ModelError `INVALID_REQUEST` when the text is no JSON object or stops short */
  end(): JsonEnvelope
}

/**
 * Splits a JSON object of any size into a small envelope and the byte ranges of its few large values, in one pass and
 * without holding more than the envelope. It finds where values begin and end; whether a large value is well-formed is
 * for the reader of that value to say.
 */
export function envelopeScanner({
  largePaths,
  maxEnvelopeBytes = 1 << 20,
  maxDepth = 64,
}: EnvelopeOptions): EnvelopeScanner {
  const kept = Buffer.allocUnsafe(maxEnvelopeBytes)
  let keptBytes = 0
  const large = new Map<string, ByteRange>()
  /** One entry for each open object or array: the key whose value is being read, `undefined` in an array. */
  const path: (string | undefined)[] = []
  /** Bytes before the chunk that is being read. */
  let base = 0
  let state: number = Text.Outside
  /** Where the last string begins in `kept`: in front of a colon it is a key. */
  let textStart = 0
  let inLarge: { readonly path: string; readonly start: number } | undefined
  let finished = false
  const largeValue = valueScanner(maxDepth, {
    tooDeep: nestedTooDeep,
    unexpected(at) {
      throw new ModelError('INVALID_REQUEST', `${inLarge?.path ?? ''} is not valid JSON (byte ${base + at})`)
    },
  })

  function keep(byte: number): void {
    if (keptBytes === maxEnvelopeBytes) {
      throw new ModelError(
        'LIMIT_EXCEEDED',
        `the request holds more than ${maxEnvelopeBytes} bytes besides its responses`,
      )
    }
    kept[keptBytes++] = byte
  }

  /** A byte outside strings that opens, closes or separates. */
  function structure(byte: number, at: number): void {
    switch (byte) {
      case Byte.OpenObject:
      case Byte.OpenList:
        if (path.length >= maxDepth) nestedTooDeep()
        path.push(undefined)
        break
      case Byte.CloseObject:
      case Byte.CloseList:
        if (path.length === 0) throw notAnObject(base + at)
        path.pop()
        finished = path.length === 0
        break
      case Byte.Colon: {
        path[path.length - 1] = readText(keyCursor(), textStart, maxEnvelopeBytes, notJson) ?? ''
        const name = path.join('.')
        if (!largePaths.has(name)) break
        inLarge = { path: name, start: base + at + 1 }
        largeValue.begin()
        break
      }
    }
  }

  /** @returns where the envelope goes on behind the large value, or the end of the chunk */
  function passLarge(chunk: Uint8Array, from: number, { path: name, start }: NonNullable<typeof inLarge>): number {
    const end = largeValue.scan(chunk, from, chunk.length)
    if (end === needMore) return chunk.length
    large.set(name, { start, end: base + end })
    for (const byte of Buffer.from('null')) keep(byte)
    inLarge = undefined
    return end
  }

  function write(chunk: Uint8Array): void {
    for (let p = 0; p < chunk.length; ) {
      if (inLarge) {
        p = passLarge(chunk, p, inLarge)
        continue
      }
      const byte = chunk[p]!
      const before = state
      state = textState(before, byte)
      if (before === Text.Outside && state === Text.Inside) textStart = keptBytes
      keep(byte)
      if (before === Text.Outside && state === Text.Outside) structure(byte, p)
      p++
    }
    base += chunk.length
  }

  function keyCursor(): ByteCursor {
    return { bytes: kept, pos: textStart, end: keptBytes }
  }

  function nestedTooDeep(): never {
    throw new ModelError('LIMIT_EXCEEDED', `the request is nested deeper than ${maxDepth}`)
  }

  return {
    write,
    end() {
      if (!finished || state !== Text.Outside) {
        throw new ModelError('INVALID_REQUEST', `the request stops short at byte ${base}`)
      }
      const value = parse(kept.toString('utf8', 0, keptBytes))
      // What ends in a bracket that closes the first one is an object or a list.
      if (Array.isArray(value)) throw notAnObject(0)
      return { value, large }
    },
  }
}

function notJson(): never {
  throw new ModelError('INVALID_REQUEST', 'the request is not valid JSON; GET / shows an example')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ModelError('INVALID_REQUEST', 'the request is not valid JSON; GET / shows an example', { cause })
  }
}

function notAnObject(offset: number): ModelError {
  return new ModelError(
    'INVALID_REQUEST',
    `the request is not a JSON object (byte ${offset}): send one with name, energy_source, trainer and prom_response; GET / shows an example`,
  )
}
