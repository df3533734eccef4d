/** What the names of the power meter's own metrics begin with; `metrics/meter-families.ts` has them. */
const meterPrefix = 'kepler_meter_'

/**
 * A gauge that this package's power meter always shows: 0 where the watts of its machine are estimated alone, 1 where the
 * hardware has a meter. With it in the measurements an estimate is never taken for a label.
 */
export const realMeterMetric = 'kepler_meter_real_meter'

/** Whether a metric tells by its name that the power meter of this package shows it. */
export function isOwnMeterMetric(metric: string): boolean {
  return metric.startsWith(meterPrefix)
}
