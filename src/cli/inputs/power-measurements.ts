import { ModelError } from '../../core/errors.js'
import type { PrometheusServerClient } from '../../prometheus/client.js'
import type { Series } from '../../prometheus/response.js'
import { splitRange, type TimeRange } from '../../prometheus/time-range.js'
import type { Measurement } from '../../universal/calibrate/points-of-measurements.js'

/**
 * Power and utilisation at the same times, from two expressions.
 *
 * @throws ModelError `INVALID_DATA` when an expression gives no series or several, and what the client throws
 */
export async function measurementsOf(
  client: Pick<PrometheusServerClient, 'evaluate'>,
  power: string,
  utilisation: string,
  range: TimeRange,
): Promise<readonly Measurement[]> {
  const watts = await oneSeries(client, power, range, '--power')
  const loads = await oneSeries(client, utilisation, range, '--utilisation')
  return [...watts].flatMap(([time, value]) => {
    const load = loads.get(time)
    return load === undefined ? [] : [{ load, watts: value }]
  })
}

async function oneSeries(
  client: Pick<PrometheusServerClient, 'evaluate'>,
  expression: string,
  range: TimeRange,
  option: string,
) {
  const values = new Map<number, number>()
  for (const part of splitRange(range)) {
    const series: readonly Series[] = await client.evaluate(expression, part)
    if (series.length > 1) {
      throw new ModelError(
        'INVALID_DATA',
        `${option}: ${series.length} series, expected one: name the machine in the expression`,
      )
    }
    const [only] = series
    if (only === undefined) continue
    only.values.forEach((value, i) => {
      if (Number.isFinite(value)) values.set(only.timestamps[i]!, value)
    })
  }
  if (values.size === 0) throw new ModelError('INVALID_DATA', `${option}: the expression gives no samples in this time`)
  return values
}
