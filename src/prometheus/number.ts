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

/**
 * Powers of ten that a double holds exactly. An integer below 2^53 divided by one of them is rounded once, so it is the
 * double nearest to the decimal (Clinger's fast path).
 */
export const exactPowersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

/** Decimal digits that always fit an integer below 2^53. */
export const exactDigits = 15
