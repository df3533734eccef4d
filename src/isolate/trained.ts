import type { Component } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import { covers } from '../core/feature-group.js'
import { type Dataset, type PowerColumn, trainingData } from '../extract/dataset.js'
import type { Matrix } from '../numeric/matrix.js'
import { nameIn, withOtherNames } from '../vocabulary/feature-aliases.js'
import { type BackgroundRule, isBackground } from './background.js'
import { correlation } from './correlation.js'
import { expectContainers, type Isolator } from './isolator.js'
import { sumContainers } from './sum-containers.js'

/** An AbsPower model that somebody else loaded: what usage would have drawn. */
export interface BackgroundModel {
  readonly name: string
  /** Mean absolute error in watts; the lowest is tried first. */
  readonly error: number
  readonly features: readonly string[]
  /** Watts per component for rows of `features`. @throws ModelError */
  predict(x: Matrix): ReadonlyMap<Component, Float64Array>
}

/** Models that are tried at most; a pipeline may hold thousands. */
const mostModels = 100

/** How well dynamic power must follow usage for a model to be believed. */
const believable = 0.7

/**
 * Background containers leave; a model of whole nodes says what their usage draws, idle included, and that leaves the
 * label, not below 0. Of several models the one of least error wins whose remaining power follows the remaining usage.
 *
 * @throws ModelError `NO_MODEL` when none of the models knows the dataset's features and components
 */
export function trainedIsolator(models: readonly BackgroundModel[], rule: BackgroundRule): Isolator {
  return {
    name: 'trainer',
    needsContainers: true,
    isolate(input) {
      const ids = expectContainers(input, 'trainer')
      const background = isBackground(rule)
      const target = sumContainers(input, (id) => !background(id))
      const rest = trainingData(sumContainers(input, background))
      const measured = withOtherNames(rest.featureNames)
      const columnOf = (feature: string) =>
        rest.featureNames.indexOf(nameIn(feature, (name) => rest.featureNames.includes(name)) ?? feature)
      const components = new Set(target.powers.map(({ component }) => component))
      const usable = models
        .filter(({ features }) => covers(measured, features))
        .sort((a, b) => a.error - b.error)
        .slice(0, mostModels)

      let best: { dataset: Dataset; model: BackgroundModel; follows: number } | undefined
      for (const model of usable) {
        const watts = model.predict(columnsOf(rest.x, model.features.map(columnOf)))
        if (![...components].every((component) => watts.has(component))) continue
        const dataset = without(target, watts)
        const follows = strongestCorrelation(dataset)
        if (best === undefined) best = { dataset, model, follows }
        if (follows < believable) continue
        best = { dataset, model, follows }
        break
      }
      if (best === undefined) {
        const features = rest.featureNames.join(', ')
        throw new ModelError(
          'NO_MODEL',
          `none of ${models.length} AbsPower models predicts ${[...components].join(', ')} from ${features}`,
        )
      }
      const left = [...ids].filter(background).length
      const notes = [
        `${left} of ${ids.size} containers are background`,
        `${best.model.name} predicts their power; what is left follows usage with a correlation of ${best.follows.toFixed(2)}`,
      ]
      if (best.follows < believable)
        notes.push(`no model reached a correlation of ${believable}; the one of least error was taken`)
      return { dataset: best.dataset, notes, findings: [] }
    },
  }
}

function without(target: Dataset, watts: ReadonlyMap<Component, Float64Array>): Dataset {
  const powers = target.powers.map((column): PowerColumn => {
    const predicted = watts.get(column.component)!
    const share = shareOf(target, column)
    return { ...column, values: column.values.map((value, i) => Math.max(0, value - predicted[i]! * share(i))) }
  })
  return { ...target, powers }
}

/** The part of a node's prediction that a column stands for: a package's share of usage, or all of it. */
function shareOf({ powers, ratios }: Dataset, { component, unit }: PowerColumn): (row: number) => number {
  const ratio = ratios.find((column) => column.unit === unit)
  const units = powers.filter((column) => column.component === component).length
  return ratio ? (row) => ratio.values[row]! : () => 1 / units
}

/** The best correlation of any feature with the power of the first component, package or platform. */
function strongestCorrelation(dataset: Dataset): number {
  const watts = trainingData(dataset).y[0]?.watts ?? new Float64Array(0)
  return Math.max(0, ...dataset.features.map(({ values }) => correlation(values, watts)))
}

function columnsOf(x: Matrix, columns: readonly number[]): Matrix {
  const data = new Float64Array(x.rows * columns.length)
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < columns.length; j++) data[i * columns.length + j] = x.data[i * x.cols + columns[j]!]!
  }
  return { rows: x.rows, cols: columns.length, data }
}
