import { ModelError, quote } from '../core/errors.js'
import { parseSelector, type Selector, selectorText } from '../prometheus/selector.js'

/** A feature that is a metric of another exporter. */
export interface ThirdPartyMetric {
  /** What the feature is called: a name that was given, else the metric with its selector. */
  readonly feature: string
  readonly metric: string
  readonly selector: Selector
  /** Taken as it is, and not as a rate. `undefined`: its samples tell. */
  readonly gauge: boolean | undefined
}

/**
 * Reads `METRIC`, `METRIC{mode!="idle"}`, `NAME=METRIC{...}` or `gauge(METRIC{...})`. Metrics are counters unless they
 * fall now and then, or are said to be gauges.
 *
 * @throws ModelError `INVALID_REQUEST` that quotes what is wrong
 */
export function parseThirdParty(text: string): ThirdPartyMetric {
  const [, name, rest = text] = /^\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/s.exec(text) ?? []
  const inner = /^\s*gauge\((.*)\)\s*$/s.exec(rest)?.[1]
  const selector = parseSelector(inner ?? rest, 'thirdparty-metrics')
  if (selector.metric === undefined) {
    throw new ModelError('INVALID_REQUEST', `${quote(text)} names no metric`, { field: 'thirdparty-metrics' })
  }
  return {
    feature: name ?? selectorText(selector),
    metric: selector.metric,
    selector,
    gauge: inner === undefined ? undefined : true,
  }
}

/** The metrics of a comma-separated list; commas within braces and quotes do not separate. */
export function splitMetrics(text: string | undefined): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = ''
  let part = ''
  for (const character of text ?? '') {
    if (quoted !== '') quoted = character === quoted && !part.endsWith('\\') ? '' : quoted
    else if (character === '"' || character === "'" || character === '`') quoted = character
    else if (character === '{' || character === '(') depth++
    else if (character === '}' || character === ')') depth--
    if (character === ',' && depth === 0 && quoted === '') {
      parts.push(part)
      part = ''
    } else part += character
  }
  return [...parts, part].map((one) => one.trim()).filter((one) => one !== '')
}
