import type { ModelArchive } from '../../archive/read-model-archive.js'
import { type Component, isCounted } from '../../core/energy-source.js'
import { ModelError } from '../../core/errors.js'
import { mainFeature } from '../../core/main-feature.js'
import { type Dataset, trainingData } from '../../extract/dataset.js'
import type { Finding } from '../../extract/findings.js'
import { rowOf } from '../../numeric/matrix.js'
import { type RegressionMetrics, regressionMetrics } from '../../numeric/metrics.js'
import type { IntervalMethod } from '../../predictor/uncertainty.js'
import { nameIn } from '../../vocabulary/feature-aliases.js'
import { gapsIn, type TimeSpan } from './gaps.js'
import type { ModelLabel } from './model-label.js'

/** Measured and estimated watts of one component, one a row. */
export interface EstimatedComponent extends RegressionMetrics {
  readonly component: Component
  readonly measured: readonly number[]
  readonly estimated: readonly number[]
  /** Bounds of the interval; absent where the model does not know its errors. */
  readonly lower?: readonly number[]
  readonly upper?: readonly number[]
  /** Share of the measurements between the bounds. */
  readonly within?: number
}

/** Measured watts beside those that a model estimates, in the course of time. */
export interface EstimatedPower extends ModelLabel {
  /** Unix seconds. */
  readonly times: readonly number[]
  readonly components: readonly EstimatedComponent[]
  /** The feature that stands for the load, per second, one value a row. */
  readonly load: { readonly feature: string; readonly values: readonly number[] }
  /** Probability with which a measurement should lie within the interval. */
  readonly coverage: number
  readonly method: IntervalMethod
  /** Rows with usage outside what the model was trained on. */
  readonly outside: number
  /** Times without a row: nothing was measured, or it was left out. */
  readonly gaps: readonly TimeSpan[]
  readonly findings: readonly Finding[]
}

/**
 * Estimates the rows of a dataset.
 *
 * @throws ModelError `INVALID_DATA` when the model predicts none of the measured components, and as `estimate`
 */
export function estimatedPower(
  label: ModelLabel,
  archive: ModelArchive,
  dataset: Dataset,
  findings: readonly Finding[] = [],
): EstimatedPower {
  const { featureNames, x, y } = trainingData(dataset)
  const rows = Array.from({ length: x.rows }, (_, i) => Array.from(rowOf(x, i)))
  const { powers, intervals, coverage, method, outside } = archive.estimate(featureNames, rows)
  const components = y.flatMap(({ component, watts }): readonly EstimatedComponent[] => {
    const estimated = powers[component]
    if (estimated === undefined) return []
    const measured = [...watts]
    const interval = intervals[component]
    return [
      {
        component,
        ...regressionMetrics(measured, estimated),
        measured,
        estimated,
        ...(interval && {
          ...interval,
          within: shareWithin(measured, interval.lower, interval.upper),
        }),
      },
    ]
  })
  if (components.length === 0) {
    const there = y.map(({ component }) => component).join(', ')
    throw new ModelError(
      'INVALID_DATA',
      `${label.model} predicts ${archive.components.join(', ')}; measured is ${there}`,
    )
  }
  const column = loadColumn(featureNames, archive.model.features)
  const times = [...dataset.timestamps]
  return {
    ...label,
    times,
    components,
    load: { feature: featureNames[column] ?? '', values: rows.map((row) => row[column] ?? 0) },
    coverage,
    method,
    outside: new Set(outside.map(({ row }) => row)).size,
    gaps: gapsIn(times),
    findings,
  }
}

/** The column of the feature that says how busy the node is, of those that the model uses. */
function loadColumn(names: readonly string[], used: readonly string[]): number {
  const main = mainFeature(used, 'package')
  const wanted = (main === undefined ? used[0] : used[main]) ?? ''
  return Math.max(0, names.indexOf(nameIn(wanted, (name) => names.includes(name)) ?? wanted))
}

function shareWithin(measured: readonly number[], lower: readonly number[], upper: readonly number[]): number {
  const inside = measured.filter((watts, i) => watts >= lower[i]! && watts <= upper[i]!).length
  return measured.length === 0 ? 0 : inside / measured.length
}

/** Components whose watts are not part of another one's, e.g. package and dram but not core. */
export function countedOf<T extends { readonly component: Component }>(components: readonly T[]): readonly T[] {
  const counted = components.filter(({ component }) => isCounted(component))
  return counted.length > 0 ? counted : components
}
