import type { Component } from '../core/energy-source.js'
import { ModelError, quote } from '../core/errors.js'
import { emptyMatrix, type Matrix } from '../numeric/matrix.js'
import { nameIn } from '../vocabulary/feature-aliases.js'
import type { FittedPredictor, FittedTransformer } from './kinds.js'
import type { Transformer } from './predictor.js'
import type { PowerInterval } from './uncertainty.js'

/** How the watts of one component come from raw features: the transformers in order, then the predictor. */
export interface ComponentModel {
  readonly component: Component
  /** Names of the raw features, in the order of the first transformer's columns. */
  readonly features: readonly string[]
  /** Transformers that several components share should be the same objects: they are then applied once. */
  readonly transformers: readonly FittedTransformer[]
  readonly predictor: FittedPredictor
}

export interface PowerModel {
  /** `<Trainer>_<node type>` */
  readonly name: string
  /** Every feature that some component needs. */
  readonly features: readonly string[]
  readonly components: readonly ComponentModel[]
}

/** Watts per component, one per row; never negative. */
export type Powers = Partial<Record<Component, number[]>>

/**
 * The watts of each component for rows of raw features. `metrics` names the columns; the model takes those that it needs,
 * by name, or by another name of the same quantity. Negative watts become 0.
 *
 * @throws ModelError `INVALID_REQUEST` for a missing or repeated metric, a row of another length, or a value that is not
 *   a finite number; `INVALID_ARCHIVE` when the model itself gives no number for a row
 */
export function predictPower(
  model: PowerModel,
  metrics: readonly string[],
  rows: readonly (readonly number[])[],
): Powers {
  const powers: Powers = {}
  eachComponent(model, metrics, rows, ({ component, predictor }, x) => {
    powers[component] = watts(model, component, predictor.predict(x))
  })
  return powers
}

/**
 * The intervals of components whose predictor has its own, by the same rules as {@link predictPower}.
 *
 * @param coverage probability with which an interval contains the measurement
 * @throws ModelError as {@link predictPower}
 */
export function predictIntervals(
  model: PowerModel,
  metrics: readonly string[],
  rows: readonly (readonly number[])[],
  coverage: number,
): Partial<Record<Component, PowerInterval>> {
  const intervals: Partial<Record<Component, PowerInterval>> = {}
  eachComponent(model, metrics, rows, ({ component, predictor }, x) => {
    if (predictor.kind !== 'quantile-forest') return
    const { lower, upper } = predictor.predictInterval(x, coverage)
    intervals[component] = { lower: watts(model, component, lower), upper: watts(model, component, upper) }
  })
  return intervals
}

/** Calls `visit` with each component and the rows as its predictor takes them. */
function eachComponent(
  model: PowerModel,
  metrics: readonly string[],
  rows: readonly (readonly number[])[],
  visit: (component: ComponentModel, x: Matrix) => void,
): void {
  const columns = columnIndex(metrics)
  const inputs = new Map<string, Step>()
  for (const component of model.components) {
    const { features, transformers } = component
    const key = features.join('\0')
    let step = inputs.get(key) ?? { x: selectColumns(model, features, columns, rows), next: new Map() }
    inputs.set(key, step)
    for (const transformer of transformers) {
      const next: Step = step.next.get(transformer) ?? { x: transformer.transform(step.x), next: new Map() }
      step.next.set(transformer, next)
      step = next
    }
    visit(component, step.x)
  }
}

/** Rows after some transformers, and what the next one made of them: components share the way as far as it is the same. */
interface Step {
  readonly x: Matrix
  readonly next: Map<Transformer, Step>
}

function columnIndex(metrics: readonly string[]): ReadonlyMap<string, number> {
  const columns = new Map<string, number>()
  metrics.forEach((metric, j) => {
    if (columns.has(metric)) throw invalid(`metric ${quote(metric)} is listed twice`, 'metrics')
    columns.set(metric, j)
  })
  return columns
}

/** Inputs are bounded so that their squares and sums are numbers: nothing is counted this fast. */
export const largestInput = 1e100

function selectColumns(
  model: PowerModel,
  features: readonly string[],
  columns: ReadonlyMap<string, number>,
  rows: readonly (readonly number[])[],
): Matrix {
  const indices = features.map((feature) => {
    const name = nameIn(feature, (metric) => columns.has(metric))
    const column = name === undefined ? undefined : columns.get(name)
    if (column === undefined) {
      throw invalid(`metric ${quote(feature)} is missing; ${model.name} needs ${model.features.join(', ')}`, 'metrics')
    }
    return column
  })
  const x = emptyMatrix(rows.length, indices.length)
  for (let i = 0, k = 0; i < rows.length; i++) {
    const row = rows[i]!
    if (row.length !== columns.size) {
      throw invalid(`row ${i} has ${row.length} values for ${columns.size} metrics`, `values[${i}]`)
    }
    for (const column of indices) {
      const value = row[column]!
      if (!Number.isFinite(value)) {
        throw invalid(
          `value ${quote(value)} in row ${i}, column ${column} is not a finite number`,
          `values[${i}][${column}]`,
        )
      }
      x.data[k++] = Math.abs(value) <= largestInput ? value : Math.sign(value) * largestInput
    }
  }
  return x
}

/** No machine draws more: a curve that overflows far outside its range stays a number. */
export const mostWatts = 1e9

function watts(model: PowerModel, component: Component, predicted: Float64Array): number[] {
  const result = new Array<number>(predicted.length)
  for (let i = 0; i < predicted.length; i++) {
    const value = predicted[i]!
    if (Number.isNaN(value)) {
      throw new ModelError('INVALID_ARCHIVE', `${model.name} gives ${value} W of ${component} for row ${i}`)
    }
    result[i] = Math.min(Math.max(value, 0), mostWatts)
  }
  return result
}

function invalid(message: string, field: string): ModelError {
  return new ModelError('INVALID_REQUEST', message, { field })
}
