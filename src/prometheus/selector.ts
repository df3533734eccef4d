import { ModelError, messageOf, quote } from '../core/errors.js'
import type { Labels } from './labels.js'

/** A condition on one label, as Prometheus writes it: `node=~"w.*"`. A label that is absent is the empty text. */
export interface LabelMatcher {
  readonly label: string
  readonly operator: '=' | '!=' | '=~' | '!~'
  readonly value: string
}

/** Which series are meant: those of the metric for which all matchers hold. Plain data; see {@link matching}. */
export interface Selector {
  readonly metric: string | undefined
  readonly matchers: readonly LabelMatcher[]
}

const maxMatchers = 100
const token =
  /\s*([A-Za-z_][A-Za-z0-9_]*|"(?:[^"\\]|\\.)*")\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)\s*(,|$)/sy

/**
 * Reads `cluster="a",node=~"w.*"`, with or without braces.
 *
 * @throws ModelError `INVALID_REQUEST` that quotes what is wrong
 */
export function parseMatchers(text: string, field = 'select'): readonly LabelMatcher[] {
  const body = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1] ?? text
  const matchers: LabelMatcher[] = []
  for (let at = 0; body.slice(at).trim() !== ''; ) {
    token.lastIndex = at
    const [, name = '', operator = '', quoted = ''] = token.exec(body) ?? []
    if (!isOperator(operator) || matchers.length >= maxMatchers) throw invalid(text, body.slice(at), field)
    at = token.lastIndex
    const matcher: LabelMatcher = {
      label: name.startsWith('"') ? unquoted(name) : name,
      operator,
      value: unquoted(quoted),
    }
    testOf(matcher, field)
    matchers.push(matcher)
  }
  return matchers
}

/**
 * Reads a metric with or without matchers, `node_cpu_seconds_total{mode!="idle"}`, or matchers alone.
 *
 * @throws ModelError `INVALID_REQUEST` that quotes what is wrong
 */
export function parseSelector(text: string, field = 'select'): Selector {
  const [, metric = '', rest = ''] = /^\s*([A-Za-z_:][A-Za-z0-9_:]*)?\s*(\{.*\})?\s*$/s.exec(text) ?? []
  const bare = metric === '' && rest === ''
  return { metric: metric === '' ? undefined : metric, matchers: parseMatchers(bare ? text : rest, field) }
}

/** Tells the labels for which all matchers hold. @throws ModelError `INVALID_REQUEST` for an expression that is none */
export function matching(matchers: readonly LabelMatcher[]): (labels: Labels) => boolean {
  const tests = matchers.map((matcher) => testOf(matcher, 'select'))
  return (labels) => tests.every((test) => test(labels))
}

/** As Prometheus reads it; '' without matchers and metric. */
export function selectorText({ metric = '', matchers }: Selector): string {
  const inner = matchers.map(({ label, operator, value }) => `${label}${operator}${JSON.stringify(value)}`).join(',')
  return inner === '' ? metric : `${metric}{${inner}}`
}

function testOf({ label, operator, value }: LabelMatcher, field: string): (labels: Labels) => boolean {
  const of = (labels: Labels) => labels[label] ?? ''
  if (operator === '=') return (labels) => of(labels) === value
  if (operator === '!=') return (labels) => of(labels) !== value
  const expression = anchored(value, field)
  return operator === '=~' ? (labels) => expression.test(of(labels)) : (labels) => !expression.test(of(labels))
}

/** Prometheus' expressions (RE2) match whole values; its flags stand in front, e.g. `(?i)`. */
function anchored(value: string, field: string): RegExp {
  const [, flags = '', source = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(value) ?? []
  try {
    return new RegExp(`^(?:${source})$`, `${[...new Set(`${flags}s`)].join('')}u`)
  } catch (cause) {
    throw new ModelError('INVALID_REQUEST', `${quote(value)} is no regular expression: ${messageOf(cause)}`, {
      cause,
      field,
    })
  }
}

function isOperator(text: string): text is LabelMatcher['operator'] {
  return text === '=' || text === '!=' || text === '=~' || text === '!~'
}

function unquoted(text: string): string {
  const inner = text.slice(1, -1)
  if (text.startsWith('`')) return inner
  return inner.replace(/\\(.)/gs, (_, character: string) => escapes[character] ?? character)
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' }

function invalid(text: string, rest: string, field: string): ModelError {
  return new ModelError(
    'INVALID_REQUEST',
    `label selector ${quote(text)}: expected label="value" (or !=, =~, !~) at ${quote(rest.trim())}`,
    { field },
  )
}
