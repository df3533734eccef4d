import { ModelError } from '../../src/core/errors.js'
import type { ModelSelection, ModelSelector, WeightModel } from '../../src/selection/model-selector.js'

const selection: ModelSelection = {
  pipeline: 'test-0.1',
  source: 'rapl-sysfs',
  outputType: 'AbsPower',
  featureGroup: 'BPFOnly',
  modelName: 'SGDRegressorTrainer_0',
  trainer: 'SGDRegressorTrainer',
  nodeType: 0,
  machineSpec: undefined,
  errorKey: 'mae',
  error: 1.5,
  match: undefined,
}

export const weightModel: WeightModel = {
  ...selection,
  weights: {
    package: {
      All_Weights: {
        Bias_Weight: 40,
        Categorical_Variables: {},
        Numerical_Variables: { bpf_cpu_time_ms: { scale: 5000, weight: 60 } },
      },
    },
    dram: { All_Weights: { Numerical_Variables: { cache_miss: { scale: 7 } }, CurveFit_Weights: [1, 2, 3] } },
  },
  errors: { mae: 1.5, package_mae: 1.5 },
}

/** A model selector that has one model: JSON for weights, bytes that begin like a zip otherwise. */
export function fakeModelSelector(overrides: Partial<ModelSelector> = {}): ModelSelector {
  return {
    findModel({ source, weight }) {
      if (source !== 'rapl-sysfs') throw new ModelError('NO_MODEL', `no pipeline has models for source ${source}`)
      return weight
        ? {
            body: Buffer.from(JSON.stringify(weightModel.weights)),
            contentType: 'application/json',
            fileName: 'SGDRegressorTrainer_0.json',
            selection,
          }
        : { body: Buffer.from('PK'), contentType: 'application/zip', fileName: 'SGDRegressorTrainer_0.zip', selection }
    },
    bestModels: () => ({ AbsPower: { BPFOnly: 'SGDRegressorTrainer_0' } }),
    weightModels: () => [weightModel],
    served: () => [],
    status: () => ({
      pipelines: [
        {
          name: 'test-0.1',
          origin: '/models/test-0.1',
          sources: ['rapl-sysfs'],
          models: 1,
          damaged: 0,
          nodeTypes: 1,
          loadedAt: 1_000,
        },
      ],
      models: 1,
      errors: [],
      unreadable: undefined,
    }),
    ...overrides,
  }
}
