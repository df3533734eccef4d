import type { UncertaintyDocument } from '../archive/uncertainty-json.js'
import type { Component } from '../core/energy-source.js'
import { columnOf } from '../numeric/matrix.js'
import { takeRows, takeValues } from '../numeric/split.js'
import type { ComponentModel } from '../predictor/power-model.js'
import type { ComponentUncertainty } from '../predictor/uncertainty.js'
import type { CrossValidation } from './cross-validate.js'
import { predictComponent } from './fit-components.js'
import { type HeldOutRows, heldOutIntervals } from './held-out-intervals.js'
import { rangeOfWatts } from './physics.js'
import type { TrainingSet } from './training-set.js'

const coverage = 0.9
/** Parts of the rows in the order of time, so that a standard error can be told of validation rows too. */
const parts = 5

/**
 * A model's predictions of rows that it was not fitted on, in as many contiguous parts of time as there are rows for.
 *
 * @param rows of `set`; all of them by default
 */
export function testedRows(
  models: readonly ComponentModel[],
  set: TrainingSet,
  rows: Int32Array = Int32Array.from({ length: set.x.rows }, (_, row) => row),
): readonly HeldOutRows[] {
  const inOrder = rows.slice().sort((a, b) => set.timestamps[a]! - set.timestamps[b]! || a - b)
  const count = Math.max(1, Math.min(parts, Math.floor(inOrder.length / parts)))
  const fold = Int32Array.from({ length: inOrder.length }, (_, i) => Math.floor((i * count) / inOrder.length))
  const x = takeRows(set.x, inOrder)
  return models.map((model, c) => ({
    predicted: predictComponent(model, x).map((watts) => Math.max(0, watts)),
    actual: takeValues(set.targets[c]!.watts, inOrder),
    fold,
  }))
}

/** Rows that were held out of a model, by blocks of time and by workloads, as far as that was done. */
export interface HeldOut {
  readonly blocks: CrossValidation | undefined
  readonly workloads: CrossValidation | undefined
}

/**
 * What an archive says of how sure its model is: intervals from blocks of time that were left out, else from the tested
 * rows, and the range of each feature. Dynamic power is shared out to parts of a node, whose usage starts at 0. Models of
 * what an operating system tells serve machines that run what nobody trained: their intervals are of left-out workloads.
 */
export function trainingUncertainty(
  set: TrainingSet,
  { blocks, workloads }: HeldOut,
  tested: readonly HeldOutRows[] | undefined,
): UncertaintyDocument {
  const unseen = set.group === 'NodeOS' ? workloads : undefined
  const heldOut = unseen ?? blocks
  const components: Partial<Record<Component, ComponentUncertainty>> = {}
  set.targets.forEach(({ component, watts }, c) => {
    const rows = heldOut?.components[c]?.rows ?? tested?.[c]
    if (rows === undefined || rows.actual.length === 0) return
    components[component] = { table: heldOutIntervals(rows, coverage), range: rangeOfWatts(watts).range }
  })
  return {
    coverage,
    method: unseen ? 'held-out workloads' : blocks ? 'held-out blocks' : 'held-out rows',
    features: Object.fromEntries(
      set.features.map((feature, j) => {
        const values = columnOf(set.x, j)
        const lower = set.outputType === 'DynPower' ? 0 : values.reduce((a, b) => Math.min(a, b))
        return [feature, [lower, values.reduce((a, b) => Math.max(a, b))] as const]
      }),
    ),
    components,
  }
}
