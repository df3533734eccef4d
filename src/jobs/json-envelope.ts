import { ModelError } from '../core/errors.js'

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

const quoteByte = 0x22
const backslash = 0x5c
const colon = 0x3a
const comma = 0x2c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

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
  const kept: number[] = []
  const large = new Map<string, ByteRange>()
  /** One entry for each open object or array: the key whose value is being read, `undefined` in an array. */
  const path: (string | undefined)[] = []
  let offset = 0
  let inString = false
  let escaped = false
  let stringStart = 0
  let lastString = ''
  let inLarge: { path: string; start: number; depth: number } | undefined
  let finished = false

  function keep(byte: number): void {
    if (kept.length >= maxEnvelopeBytes) {
      throw new ModelError(
        'LIMIT_EXCEEDED',
        `the request holds more than ${maxEnvelopeBytes} bytes besides its responses`,
      )
    }
    kept.push(byte)
  }

  function endLarge(end: number): void {
    large.set(inLarge!.path, { start: inLarge!.start, end })
    for (const byte of Buffer.from('null')) keep(byte)
    inLarge = undefined
  }

  function endString(): void {
    inString = false
    if (!inLarge) lastString = Buffer.from(kept.slice(stringStart)).toString('utf8')
  }

  /** A byte outside strings that opens, closes or separates. */
  function structure(byte: number): void {
    switch (byte) {
      case openBrace:
      case openBracket:
        if (path.length >= maxDepth)
          throw new ModelError('LIMIT_EXCEEDED', `the request is nested deeper than ${maxDepth}`)
        path.push(undefined)
        break
      case closeBrace:
      case closeBracket:
        if (inLarge && path.length === inLarge.depth) endLarge(offset)
        if (path.length === 0) throw notAnObject(offset)
        path.pop()
        finished = path.length === 0
        break
      case comma:
        if (inLarge && path.length === inLarge.depth) endLarge(offset)
        break
    }
  }

  function write(chunk: Uint8Array): void {
    for (let i = 0; i < chunk.length; i++, offset++) {
      const byte = chunk[i]!
      if (inString) {
        if (escaped) escaped = false
        else if (byte === backslash) escaped = true
        else if (byte === quoteByte) endString()
        if (!inLarge) keep(byte)
        continue
      }
      // Digits, by far the most of a response, need no look at what else a byte could be.
      if (inLarge && byte < colon && byte !== quoteByte && byte !== comma) continue
      if (byte === quoteByte) {
        inString = true
        stringStart = kept.length + 1
      } else structure(byte)
      if (inLarge) continue
      keep(byte)
      if (byte !== colon) continue
      path[path.length - 1] = lastString
      const name = path.join('.')
      if (largePaths.has(name)) inLarge = { path: name, start: offset + 1, depth: path.length }
    }
  }

  return {
    write,
    end() {
      if (!finished || inString) throw new ModelError('INVALID_REQUEST', `the request stops short at byte ${offset}`)
      const value = parse(Buffer.from(kept).toString('utf8'))
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notAnObject(0)
      return { value, large }
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ModelError('INVALID_REQUEST', 'the request is not valid JSON', { cause })
  }
}

function notAnObject(offset: number): ModelError {
  return new ModelError('INVALID_REQUEST', `the request is not a JSON object (byte ${offset})`)
}
