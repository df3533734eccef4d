const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/**
 * The number that Prometheus means by a sample's text, correctly rounded: Go's spelling of floats, with `NaN`, `+Inf`
 * and `-Inf`. `undefined` for anything else.
 */
export function parseSampleText(text: string): number | undefined {
  if (decimal.test(text)) return Number(text)
  switch (text) {
    case 'NaN':
      return Number.NaN
    case 'Inf':
    case '+Inf':
      return Number.POSITIVE_INFINITY
    case '-Inf':
      return Number.NEGATIVE_INFINITY
    default:
      return undefined
  }
}
