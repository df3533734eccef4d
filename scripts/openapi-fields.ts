import type { Schema } from './openapi-schema.js'

/** Where fields stood before, by their schemas, so that a page tells them once. */
export type Told = Map<string, string>

/**
 * The fields of a schema as a table, nested ones with their path: `trainer.isolator`, `scores[].mae`; none without fields.
 *
 * @param place where this is, for those who have the same fields later
 */
export function fieldTable(schema: Schema, place: string, told: Told): readonly string[] {
  const before = toldBefore(schema, place, told)
  if (before !== undefined) return [`The same fields as in the ${before}.`, '']
  const rows = fieldRows(schema, '', place, told)
  return rows.length === 0 ? [] : ['| field | type | meaning |', '| --- | --- | --- |', ...rows, '']
}

/** Fewer fields than these are sooner read again than looked up. */
const manyFields = 5

function toldBefore({ properties = {} }: Schema, place: string, told: Told): string | undefined {
  if (Object.keys(properties).length < manyFields) return undefined
  const key = JSON.stringify(properties)
  const before = told.get(key)
  if (before === undefined) told.set(key, place)
  return before
}

function fieldRows(schema: Schema, path: string, place: string, told: Told): readonly string[] {
  const { properties = {}, required = [], anyOf = [], items } = schema
  const names = new Set([...Object.keys(properties), ...required])
  const own = [...names].flatMap((name) => {
    const field = properties[name] ?? {}
    const at = path === '' ? name : `${path}.${name}`
    const row = `| \`${at}\` | ${typeOf(field)} | ${cell(remarks(field, required.includes(name)))} |`
    return [row, ...fieldRows(field, at, place, told)]
  })
  return [...own, ...anyOf.flatMap((one) => fieldRows(one, path, place, told)), ...itemRows(items, path, place, told)]
}

function itemRows(items: Schema | undefined, path: string, place: string, told: Told): readonly string[] {
  if (items === undefined) return []
  const before = toldBefore(items, `\`${path}[]\` of the ${place}`, told)
  return before === undefined
    ? fieldRows(items, `${path}[]`, place, told)
    : [`| \`${path}[]\` | ${typeOf(items)} | The same fields as in the ${before}. |`]
}

/** A type in words: `string or null`, `array of number`. */
export function typeOf(schema: Schema): string {
  return [...new Set(typesOf(schema))].join(' or ')
}

function typesOf(schema: Schema): readonly string[] {
  const { type, anyOf, items, additionalProperties: values } = schema
  if ('const' in schema) return [`\`${JSON.stringify(schema.const)}\``]
  if (anyOf) return anyOf.flatMap(typesOf)
  if (type === undefined) return ['any']
  return [type].flat().map((one) => {
    if (one === 'array' && items) return `array of ${withinOf(items)}`
    if (one === 'object' && typeof values === 'object') return `object of ${withinOf(values)}`
    return one
  })
}

function withinOf(schema: Schema): string {
  const type = typeOf(schema)
  return type.includes(' or ') ? `(${type})` : type
}

/** Whether it must be there, what it is for, its values, its default and its limits. */
export function remarks(schema: Schema, required: boolean): string {
  const { description, enum: values } = schema
  return [
    required && 'Required.',
    description,
    values && `One of ${values.map((value) => code(value)).join(', ')}.`,
    'default' in schema && typeof schema.default !== 'object' && `Default: ${code(schema.default)}.`,
    limitsOf(schema),
  ]
    .filter(Boolean)
    .join(' ')
}

function limitsOf(schema: Schema): string {
  const { minimum, exclusiveMinimum, maximum, maxItems, maxLength } = schema
  const limits = [
    minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && `at least ${minimum}`,
    exclusiveMinimum !== undefined && `more than ${exclusiveMinimum}`,
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && `at most ${maximum}`,
    maxItems !== undefined && maxItems > 0 && `at most ${maxItems} items`,
    maxItems === 0 && 'empty',
    maxLength !== undefined && `at most ${maxLength} characters`,
  ].filter((limit) => limit !== false)
  const own = limits.length === 0 ? '' : `${limits.join(', ')}.`.replace(/^./, (letter) => letter.toUpperCase())
  return [own, ...(schema.anyOf ?? []).map(limitsOf)].filter(Boolean).join(' ')
}

function code(value: unknown): string {
  return value === '' ? 'empty' : `\`${String(value)}\``
}

export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
