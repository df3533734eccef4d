import * as z from 'zod'
import { ModelError, messageOf, quote } from '../core/errors.js'
import type { Codec } from '../predictor/codec.js'
import { type FittedPredictor, type FittedTransformer, predictorCodecs, transformerCodecs } from '../predictor/kinds.js'
import { parsePythonJson } from './python-json.js'

/**
 * Our own format, of one fitted model or transformer: a JSON object with `format`, `version`, `kind` and the numbers that
 * the arithmetic of that kind needs, at full precision. Tables are `{cols, data}`, row after row.
 */
const format = 'kepler-model'
const version = 1

const head = z.looseObject({ format: z.literal(format), version: z.literal(version), kind: z.string() })

/** Whatever has a place in one of the tables of {@link predictorCodecs} and {@link transformerCodecs}. */
interface Kinded {
  readonly kind: string
}

/** @throws ModelError `INVALID_ARCHIVE` naming what is wrong */
export function readNativePredictor(bytes: Uint8Array, file: string): FittedPredictor {
  return read<FittedPredictor>(predictorCodecs, bytes, file)
}

/** @throws ModelError `INVALID_ARCHIVE` naming what is wrong */
export function readNativeTransformer(bytes: Uint8Array, file: string): FittedTransformer {
  return read<FittedTransformer>(transformerCodecs, bytes, file)
}

/** @throws ModelError `INVALID_DATA` for a kind that has no place in the format */
export function writeNativePredictor(predictor: Kinded): string {
  return write(predictorCodecs, predictor, 'predictor')
}

/** @throws ModelError `INVALID_DATA` for a kind that has no place in the format */
export function writeNativeTransformer(transformer: Kinded): string {
  return write(transformerCodecs, transformer, 'transformer')
}

function read<T extends Kinded>(codecs: readonly Codec<T>[], bytes: Uint8Array, file: string): T {
  const document = head.safeParse(parsePythonJson(bytes, file))
  if (!document.success) throw invalid(file, `it is not a ${format} document of version ${version}`)
  const { kind } = document.data
  const codec = codecs.find((one) => one.kind === kind)
  if (codec === undefined) {
    throw invalid(file, `kind ${quote(kind)} is none of ${codecs.map((one) => one.kind).join(', ')}`)
  }
  try {
    return codec.read(document.data)
  } catch (cause) {
    const code = cause instanceof ModelError ? cause.code : 'INVALID_ARCHIVE'
    throw new ModelError(code, `${quote(file)} is not understood: ${messageOf(cause)}`, { cause })
  }
}

function write(codecs: readonly Codec<Kinded>[], value: Kinded, what: string): string {
  for (const { write: fieldsOf } of codecs) {
    const fields = fieldsOf(value)
    if (fields !== undefined) return JSON.stringify({ format, version, kind: value.kind, ...fields })
  }
  throw new ModelError('INVALID_DATA', `a ${quote(value.kind)} ${what} cannot be archived`)
}

function invalid(file: string, why: string): ModelError {
  return new ModelError('INVALID_ARCHIVE', `${quote(file)} is not understood: ${why}`)
}
