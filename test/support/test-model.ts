import { modelArchive } from '../../src/archive/read-model-archive.js'
import { writeModelArchive } from '../../src/archive/write-model-archive.js'
import type { Component } from '../../src/core/energy-source.js'
import type { LoadedModel } from '../../src/estimate/model-source.js'
import { loadedModel } from '../../src/estimate/model-source.js'
import { linearPredictor } from '../../src/predictor/linear.js'
import type { PowerModel } from '../../src/predictor/power-model.js'
import { maxAbsScaler } from '../../src/predictor/scalers.js'

export interface TestModelOptions {
  readonly name?: string
  readonly features?: readonly string[]
  readonly components?: readonly Component[]
  readonly idle?: number
  /** Watts per unit of each feature. */
  readonly slope?: number
  /** The largest value that the model has seen. @default 2^20, so that scaling is exact */
  readonly largest?: number
  /** Memory that it is said to take. @default 0 */
  readonly bytes?: number
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** A linear power model: `idle + slope * (sum of features)` watts for every component. */
export function linearPowerModel(options: TestModelOptions = {}): PowerModel {
  const {
    name = 'LinearRegressionTrainer_1',
    features = ['bpf_cpu_time_ms'],
    components = ['package', 'dram'],
  } = options
  const { largest = 2 ** 20 } = options
  const scaler = maxAbsScaler(new Float64Array(features.length).fill(largest))
  const slopes = new Float64Array(features.length).fill((options.slope ?? 2) * largest)
  const predictor = linearPredictor(options.idle ?? 10, slopes)
  return {
    name,
    features,
    components: components.map((component) => ({ component, features, transformers: [scaler], predictor })),
  }
}

/** The same as the bytes of an archive. */
export function testArchive(options: TestModelOptions = {}): Promise<Buffer> {
  return writeModelArchive(linearPowerModel(options), { mae: 1, mape: 2, ...options.metadata })
}

/** The same as the estimator holds it. */
export function testModel(options: TestModelOptions = {}): LoadedModel {
  const model = linearPowerModel(options)
  const metadata = {
    model_name: model.name,
    model_class: 'native',
    model_file: `${model.name}.json`,
    features: [...model.features],
    fe_files: [],
    mae: 1,
    mape: 2,
    ...options.metadata,
  }
  return loadedModel(
    { archive: modelArchive(model, metadata), bytes: options.bytes ?? 0 },
    { pipeline: 'test', loadedFrom: 'a test', loadedAt: 0 },
  )
}
