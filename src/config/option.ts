import { pathToFileURL } from 'node:url'
import { quote } from '../core/errors.js'

/** One row of the option table, from which parsing, help and documentation come. */
export interface Option<T> {
  /** The heading it stands under in the documentation. */
  readonly group: OptionGroup
  /** What a value looks like, for people. */
  readonly kind: string
  readonly description: string
  readonly default: T
  /** How the documentation writes the default where the value itself does not say it. */
  readonly defaultText?: string
  /** Never shown, never logged. */
  readonly secret: boolean
  /** @throws Error that says what would have been accepted; the caller adds key, value and origin */
  parse(text: string): T
}

export const optionGroups = [
  'Model server',
  'Pipelines',
  'Estimator',
  'Training',
  'Offline trainer',
  'Online trainer',
  'Power meter',
  'Prometheus',
  'Measurements',
  'Network',
  'Logs and limits',
] as const
type OptionGroup = (typeof optionGroups)[number]

interface Row<T> {
  readonly group: OptionGroup
  readonly default: T
  readonly defaultText?: string
  readonly description: string
  readonly secret?: boolean
}

function option<T>(row: Row<T>, kind: string, parse: (text: string) => T): Option<T> {
  return Object.freeze({ secret: false, ...row, kind, parse })
}

export function text<T extends string | undefined>(row: Row<T>): Option<T | string> {
  return option<T | string>(row, 'text', (value) => value)
}

export function path<T extends string | undefined>(row: Row<T>): Option<T | string> {
  return option<T | string>(row, 'path', (value) => value)
}

export function flag(row: Row<boolean>): Option<boolean> {
  return option(row, 'true or false', (value) => {
    if (/^(true|1|yes|on)$/i.test(value)) return true
    if (/^(false|0|no|off)$/i.test(value)) return false
    throw new Error('expected true or false')
  })
}

export function integer(row: Row<number>, min: number, max: number): Option<number> {
  return option(row, `whole number, ${min} to ${max}`, (value) => {
    if (!/^\d{1,15}$/.test(value) || Number(value) < min || Number(value) > max) {
      throw new Error(`expected a whole number from ${min} to ${max}`)
    }
    return Number(value)
  })
}

/** A number between two bounds, both included. */
export function decimal<T extends number | undefined>(row: Row<T>, min: number, max: number): Option<T | number> {
  return option<T | number>(row, `number, ${min} to ${max}`, (value) => {
    const number = /^\d{1,12}(?:\.\d{1,12})?$/.test(value) ? Number(value) : Number.NaN
    if (!(number >= min && number <= max)) throw new Error(`expected a number from ${min} to ${max}`)
    return number
  })
}

export function port<T extends number | undefined>(row: Row<T>): Option<T | number> {
  return option<T | number>(row, 'port', (value) => {
    // Kubernetes sets <SERVICE>_PORT=tcp://10.0.0.1:8100 in the pods of a namespace that has a service of that name.
    const digits = /^(?:tcp:\/\/[^/]+:)?(\d{1,5})$/.exec(value)?.[1]
    if (digits === undefined || Number(digits) > 65535) throw new Error('expected a port from 0 to 65535')
    return Number(digits)
  })
}

/** @param aliases other words for a choice, in lower case, that other programs use */
export function choice<C extends string>(
  row: Row<C>,
  choices: readonly C[],
  aliases: Readonly<Record<string, C>> = {},
): Option<C> {
  return option(row, choices.join(', '), (value) => {
    const word = value.toLowerCase()
    const found = choices.find((candidate) => candidate === word) ?? aliases[word]
    if (found === undefined) throw new Error(`expected one of ${choices.join(', ')}`)
    return found
  })
}

export function url<T extends string | undefined>(row: Row<T>, protocols: readonly string[]): Option<T | string> {
  return option<T | string>(row, 'URL', (value) => parseUrl(value, protocols))
}

export function urlList<T extends readonly string[] | undefined>(
  row: Row<T>,
  protocols: readonly string[],
): Option<T | readonly string[]> {
  return option<T | readonly string[]>(row, 'URLs, comma-separated', (value) =>
    splitList(value).map((item) => parseUrl(item, protocols)),
  )
}

export function list(row: Row<readonly string[]>): Option<readonly string[]> {
  return option(row, 'comma-separated', (value) => splitList(value))
}

/** Items that hold commas themselves. */
export function semicolonList(row: Row<readonly string[]>): Option<readonly string[]> {
  return option(row, 'semicolon-separated', (value) => splitList(value, ';'))
}

/** Conditions on labels; whoever uses them reads them. */
export function matchers(row: Row<undefined>): Option<string | undefined> {
  return option<string | undefined>(row, 'label matchers, comma-separated', (value) => value)
}

function splitList(value: string, separator = ','): readonly string[] {
  return value
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

/** Checks a URL. Where files are taken, a path is one: it becomes a file URL. */
function parseUrl(given: string, protocols: readonly string[]): string {
  const value = protocols.includes('file') && /^\.{0,2}\//.test(given) ? pathToFileURL(given).href : given
  const protocol = URL.canParse(value) ? new URL(value).protocol.slice(0, -1) : undefined
  if (protocol === undefined || !protocols.includes(protocol)) {
    throw new Error(`expected a URL that starts with ${protocols.map((name) => `${name}://`).join(' or ')}`)
  }
  return value
}

/** A setting's value as it may be shown: secrets as `***`, URLs without their password. */
export function shownValue(row: Pick<Option<unknown>, 'secret'>, value: string): string {
  return row.secret ? '***' : quote(value.replace(/(\/\/)[^/@\s]+@/g, '$1***@'))
}
