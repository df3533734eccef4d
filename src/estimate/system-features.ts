import type { PowerRequest } from './power-request.js'

/**
 * Names of all that a model may use of a request: its metrics and the system features that are numbers; sorted, each
 * once.
 */
export function usableMetrics({ metrics, systemFeatures, systemValues }: PowerRequest): readonly string[] {
  const numeric = systemFeatures.filter((_, i) => isNumeric(systemValues[i]))
  return [...new Set([...metrics, ...numeric])].sort()
}

/** The request's rows; where the model wants system features, with those as further columns. */
export function withSystemValues(
  { metrics, values, systemFeatures, systemValues }: PowerRequest,
  features: readonly string[],
): { readonly metrics: readonly string[]; readonly rows: readonly (readonly number[])[] } {
  const missing = features.filter((feature) => !metrics.includes(feature))
  if (missing.length === 0) return { metrics, rows: values }
  const available = missing.flatMap((feature) => {
    const value = systemValues[systemFeatures.indexOf(feature)]
    return isNumeric(value) ? [{ feature, value: Number(value) }] : []
  })
  const extra = available.map(({ value }) => value)
  return {
    metrics: [...metrics, ...available.map(({ feature }) => feature)],
    rows: values.map((row) => [...row, ...extra]),
  }
}

function isNumeric(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '' && Number.isFinite(Number(value))
}
