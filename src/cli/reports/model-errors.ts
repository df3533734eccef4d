import { readModelArchive } from '../../archive/read-model-archive.js'
import type { Component } from '../../core/energy-source.js'
import { ModelError } from '../../core/errors.js'
import { type Dataset, trainingData } from '../../extract/dataset.js'
import { rowOf } from '../../numeric/matrix.js'
import { type RegressionMetrics, regressionMetrics } from '../../numeric/metrics.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import { readArchive } from '../../registry/model-files.js'
import type { Pipeline } from '../../registry/pipeline.js'

/** Measured and predicted watts of one component, and the errors. */
export interface ComponentErrors extends RegressionMetrics {
  readonly component: Component
  readonly measured: Float64Array
  readonly predicted: readonly number[]
}

/** The errors of a model on measured rows. */
export interface ModelErrors {
  /** The worst of the components. */
  readonly mae: number
  /** The worst of the components, in percent; -1 when no component drew power. */
  readonly mape: number
  readonly components: readonly ComponentErrors[]
}

/**
 * Predicts the rows of a dataset with a model of a pipeline and compares with the measured power.
 *
 * @throws ModelError when the archive cannot be read, or predicts none of the measured components
 */
export function modelErrors(pipeline: Pipeline, entry: ModelEntry, dataset: Dataset): ModelErrors {
  const archive = readModelArchive(readArchive(pipeline.store, entry, pipeline.specOf(entry.nodeType)))
  const { featureNames, x, y } = trainingData(dataset)
  const rows = Array.from({ length: x.rows }, (_, i) => Array.from(rowOf(x, i)))
  const powers = archive.predict(featureNames, rows)
  const components = y.flatMap(({ component, watts }): ComponentErrors[] => {
    const predicted = powers[component]
    return predicted ? [{ component, measured: watts, predicted, ...regressionMetrics(watts, predicted) }] : []
  })
  if (components.length === 0) {
    const measured = y.map(({ component }) => component).join(', ')
    throw new ModelError('INVALID_DATA', `it predicts ${archive.components.join(', ')}; measured is ${measured}`)
  }
  return {
    mae: Math.max(...components.map(({ mae }) => mae)),
    mape: Math.max(...components.map(({ mape }) => mape)),
    components,
  }
}
