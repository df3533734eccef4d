import { quote } from '../core/errors.js'
import { Byte, skipSpace } from '../json/bytes.js'
import { type Cursor, fail, found, maxUnitBytes, readString } from './cursor.js'

export type Labels = Readonly<Record<string, string>>

/** What is kept of label sets: which labels, and each distinct text once. */
export interface LabelKeeper {
  keep(name: string): boolean
  intern(text: string): string
}

export function labelKeeper(names?: ReadonlySet<string>): LabelKeeper {
  const texts = new Map<string, string>()
  return {
    keep: (name) => names === undefined || name === '__name__' || names.has(name),
    intern(text) {
      const known = texts.get(text)
      if (known !== undefined) return known
      texts.set(text, text)
      return text
    },
  }
}

/**
 * Reads the label set that begins at `cursor.pos`, as one unit.
 * @returns the labels that are kept, or `undefined` when they are not complete (then `pos` stays)
 */
export function readLabels(cursor: Cursor, keeper: LabelKeeper): Labels | undefined {
  const start = cursor.pos
  const labels = readLabelsOnce(cursor, keeper)
  if (labels === undefined) {
    cursor.pos = start
    if (cursor.end - start > maxUnitBytes) fail(cursor, start, `a label set is longer than ${maxUnitBytes} bytes`)
  }
  return labels
}

function readLabelsOnce(cursor: Cursor, keeper: LabelKeeper): Labels | undefined {
  const { bytes, end } = cursor
  let p = cursor.pos
  if (bytes[p] !== Byte.OpenObject) fail(cursor, p, `expected labels {...}, found ${found(cursor, p)}`)
  // No prototype: a label may be called `constructor` or `__proto__`.
  const labels: Record<string, string> = Object.create(null)
  const names = new Set<string>()
  p = skipSpace(bytes, p + 1, end)
  if (p < end && bytes[p] === Byte.CloseObject) {
    cursor.pos = p + 1
    return labels
  }
  for (;;) {
    const at = p
    const name = readString(cursor, p)
    if (name === undefined) return undefined
    if (names.has(name)) fail(cursor, at, `label ${quote(name)} appears twice`)
    names.add(name)
    p = skipSpace(bytes, cursor.pos, end)
    if (p >= end) return undefined
    if (bytes[p] !== Byte.Colon) fail(cursor, p, `expected ':' after label ${quote(name)}, found ${found(cursor, p)}`)
    p = skipSpace(bytes, p + 1, end)
    const value = readString(cursor, p)
    if (value === undefined) return undefined
    if (keeper.keep(name)) labels[keeper.intern(name)] = keeper.intern(value)
    p = skipSpace(bytes, cursor.pos, end)
    if (p >= end) return undefined
    const byte = bytes[p]
    if (byte === Byte.CloseObject) {
      cursor.pos = p + 1
      return labels
    }
    if (byte !== Byte.Comma) fail(cursor, p, `expected ',' or '}' within labels, found ${found(cursor, p)}`)
    p = skipSpace(bytes, p + 1, end)
  }
}
