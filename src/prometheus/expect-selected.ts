import { ModelError } from '../core/errors.js'
import type { PrometheusResponse } from './response.js'

/**
 * @param origin where the response is from, unless the caller says it
 * @throws ModelError `INVALID_DATA` when a label selector left nothing of what there was
 */
export function expectSelected(response: PrometheusResponse, origin?: string): PrometheusResponse {
  const { samples, deselected = 0 } = response
  if (samples > 0 || deselected === 0) return response
  const what = `--select (PROM_SELECTOR) matches none of ${deselected} series`
  throw new ModelError('INVALID_DATA', origin === undefined ? what : `${origin}: ${what}`, { field: 'select' })
}
