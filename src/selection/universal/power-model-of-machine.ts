import { writeUncertainty, uncertaintyFile } from '../../archive/uncertainty-json.js'
import type { ModelWeights } from '../../archive/weights.js'
import { modelArchiveFiles, zipFiles } from '../../archive/write-model-archive.js'
import type { Component } from '../../core/energy-source.js'
import { linearPredictor } from '../../predictor/linear.js'
import { piecewiseLinearPredictor } from '../../predictor/piecewise-linear.js'
import type { PowerModel } from '../../predictor/power-model.js'
import { maxAbsScaler } from '../../predictor/scalers.js'
import { lineOfCurve } from '../../universal/curve-line.js'
import { loads } from '../../universal/machine.js'
import type { Band } from '../../universal/zones.js'

/** Watts of one component from idle to full load, as they are served: the curve, or a line for it. */
export interface ServedPower {
  readonly component: Component
  /** Watts at each load, with their 90 % interval. */
  readonly band: Band
  /** Watts at no load and what full load adds, where a line is served. */
  readonly line?: { readonly idle: number; readonly slope: number } | undefined
  /** How far the line lies from the curve, as shares of it. */
  readonly distance?: { readonly largest: number; readonly mean: number } | undefined
}

/** The power of a component by a curve, or by the line that is nearest to it. */
export function absolutePower(component: Component, band: Band, asLine: boolean): ServedPower {
  if (!asLine) return { component, band }
  const { idle, slope, largest, mean } = lineOfCurve(band.watts)
  return { component, band, line: { idle, slope }, distance: { largest, mean } }
}

/**
 * Power above idle: always the slope of the line, without its idle. Shares of containers must add up to the power of all of
 * them together, which those of a bent curve do not.
 *
 * @param band of the whole curve
 * @param dynamic what of it is above idle
 */
export function dynamicPower(component: Component, band: Band, dynamic: Band): ServedPower {
  const { slope, largest, mean } = lineOfCurve(band.watts)
  return { component, band: dynamic, line: { idle: 0, slope }, distance: { largest, mean } }
}

/** Watts at each load as they are served. */
export function servedWatts({ band, line }: ServedPower): Float64Array {
  return line ? Float64Array.from(loads, (load) => line.idle + line.slope * load) : band.watts
}

/** Mean absolute error in watts and percent over the loads that the interval stands for, the distance of a line included. */
export function expectedError(power: ServedPower): { readonly mae: number; readonly mape: number } {
  const { watts, low, high } = power.band
  const served = servedWatts(power)
  const errors = Array.from(watts, (value, u) => {
    // Half a 90 % interval is 1.6449 deviations, the mean distance sqrt(2 / pi) of one.
    const spread = ((high[u]! - low[u]!) / 2 / 1.6449) * Math.sqrt(2 / Math.PI)
    return Math.hypot(spread, served[u]! - value)
  })
  const known = errors.flatMap((error, u) => (watts[u]! > 0 ? [error / watts[u]!] : []))
  return { mae: average(errors), mape: 100 * average(known) }
}

function average(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return values.length > 0 ? sum / values.length : 0
}

/** What a model is made of: one feature, its value at full load, and the powers. */
export interface MachineModel {
  readonly name: string
  readonly feature: string
  readonly fullLoad: number
  readonly powers: readonly ServedPower[]
}

/** Weights as Kepler evaluates them. */
export function weightsOf({ feature, fullLoad, powers }: MachineModel): ModelWeights {
  return Object.fromEntries(
    powers.map(({ component, line = { idle: 0, slope: 0 } }) => [
      component,
      {
        All_Weights: {
          Bias_Weight: line.idle,
          Categorical_Variables: {},
          Numerical_Variables: { [feature]: { scale: fullLoad, weight: line.slope } },
        },
      },
    ]),
  )
}

/**
 * The archive of a model, with its interval. Beyond full load watts stay what they are there.
 *
 * @param forOriginal as a line in scikit-learn's format, which the original's Python loads
 */
export function archiveOf(
  { name, feature, fullLoad, powers }: MachineModel,
  metadata: Readonly<Record<string, unknown>>,
  forOriginal: boolean,
): Buffer {
  const features = [feature]
  const scaler = maxAbsScaler(Float64Array.of(fullLoad))
  const model: PowerModel = {
    name,
    features,
    components: powers.map((power) => ({
      component: power.component,
      features,
      transformers: [scaler],
      predictor:
        forOriginal && power.line
          ? linearPredictor(power.line.idle, Float64Array.of(power.line.slope))
          : piecewiseLinearPredictor(Float64Array.from(loads), servedWatts(power)),
    })),
  }
  const files = new Map([
    ...modelArchiveFiles(model, metadata),
    [
      uncertaintyFile,
      writeUncertainty({
        coverage: 0.9,
        method: 'universal model',
        features: { [feature]: [0, fullLoad] },
        components: Object.fromEntries(powers.map((power) => [power.component, uncertaintyOf(power)])),
      }),
    ] as const,
  ])
  return zipFiles(files)
}

function uncertaintyOf(power: ServedPower) {
  const served = servedWatts(power)
  const { low, high } = power.band
  const levels = Array.from(served)
  return {
    table: {
      levels,
      lower: levels.map((watts, u) => Math.min(0, low[u]! - watts)),
      upper: levels.map((watts, u) => Math.max(0, high[u]! - watts)),
    },
    range: served.at(-1)! - served[0]!,
  }
}
