import { append } from '../../core/multimap.js'
import { ModelError } from '../../core/errors.js'
import { quantile } from '../../numeric/quantile.js'
import type { CalibrationPoint } from '../calibration.js'

/** Power and utilisation of a machine at the same times; utilisation 0 to 1. */
export interface Measurement {
  readonly load: number
  readonly watts: number
}

const binWidth = 0.1
const fewestSamples = 5
/** A median of a few samples is no better than a meter and what the machine did meanwhile. */
const meterDeviation = 0.02

/**
 * Calibration points of a stretch of measurements: of each tenth of the load in which the machine was often enough, the mean
 * load and the median watts, as sure as the samples agree.
 *
 * @throws ModelError `INVALID_DATA` when there are too few samples
 */
export function pointsOfMeasurements(measurements: readonly Measurement[]): readonly CalibrationPoint[] {
  const bins = new Map<number, Measurement[]>()
  for (const one of measurements) {
    if (!(one.load >= 0 && one.load <= 1.02 && one.watts > 0)) continue
    const bin = Math.min(9, Math.floor(one.load / binWidth))
    append(bins, bin, one)
  }
  const points = [...bins.values()]
    .filter((own) => own.length >= fewestSamples)
    .map((own): CalibrationPoint => {
      const watts = own.map((one) => one.watts)
      const median = quantile(watts, 0.5)
      const spread = (quantile(watts, 0.84) - quantile(watts, 0.16)) / (2 * median)
      const load = Math.min(1, own.reduce((sum, one) => sum + one.load, 0) / own.length)
      return { load, watts: median, deviation: Math.hypot(meterDeviation, spread / Math.sqrt(own.length)) }
    })
    .sort((a, b) => a.load - b.load)
  if (points.length === 0) {
    throw new ModelError(
      'INVALID_DATA',
      `${measurements.length} samples of power and utilisation: no tenth of the load has ${fewestSamples} with watts above 0 and a utilisation from 0 to 1`,
    )
  }
  return points
}
