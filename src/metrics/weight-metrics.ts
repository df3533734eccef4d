import { Gauge, type Registry } from 'prom-client'
import type { WeightModel } from '../selection/model-selector.js'

const modelLabels = ['pipeline', 'source', 'output_type', 'feature_group', 'model_name'] as const
const componentLabels = [...modelLabels, 'component'] as const
const featureLabels = [...componentLabels, 'feature'] as const

/**
 * Exports the weights, scales and errors of the best weight models as gauges, read at each scrape so that a model that is
 * no longer served leaves no series.
 *
 * Linear models: power = bias + sum over features of weight * value / scale. Curve fits have coefficients by position
 * instead of weights.
 */
export function addWeightMetrics(metricsRegistry: Registry, weightModels: () => Iterable<WeightModel>): void {
  const registers = [metricsRegistry]
  const prefix = 'kepler_model_server_'
  const errors = new Gauge({
    name: `${prefix}model_error`,
    help: 'Error of the best weight model as its metadata has it: mae in watts, mape in percent.',
    labelNames: [...modelLabels, 'error'],
    registers,
    // prom-client collects gauges in the order of their registration: the first one sets all, in one pass over the models.
    collect: () => {
      for (const gauge of [scale, weight, bias, coefficient, errors]) gauge.reset()
      for (const model of weightModels()) publish(model)
    },
  })
  const scale = new Gauge({
    name: `${prefix}model_scale`,
    help: 'Scale that a feature is divided by before it is multiplied by its weight.',
    labelNames: featureLabels,
    registers,
  })
  const weight = new Gauge({
    name: `${prefix}model_weight_watts`,
    help: 'Watts per scaled unit of a feature, in the best linear weight model.',
    labelNames: featureLabels,
    registers,
  })
  const bias = new Gauge({
    name: `${prefix}model_bias_watts`,
    help: 'Watts of a linear weight model when every feature is 0.',
    labelNames: componentLabels,
    registers,
  })
  const coefficient = new Gauge({
    name: `${prefix}model_curve_fit_coefficient`,
    help: 'Coefficients of a curve-fit weight model by position.',
    labelNames: [...componentLabels, 'position'],
    registers,
  })
  const publish = (model: WeightModel) => {
    const labels = {
      pipeline: model.pipeline,
      source: model.source,
      output_type: model.outputType,
      feature_group: model.featureGroup,
      model_name: model.modelName,
    }
    for (const [error, value] of Object.entries(model.errors)) errors.set({ ...labels, error }, value)
    for (const [component, weights] of Object.entries(model.weights)) {
      const all = weights.All_Weights
      const ofComponent = { ...labels, component }
      if (all.Bias_Weight !== undefined) bias.set(ofComponent, all.Bias_Weight)
      for (const [position, value] of (all.CurveFit_Weights ?? []).entries()) {
        coefficient.set({ ...ofComponent, position }, value)
      }
      for (const [feature, numbers] of Object.entries(all.Numerical_Variables)) {
        scale.set({ ...ofComponent, feature }, numbers.scale)
        if (numbers.weight !== undefined) weight.set({ ...ofComponent, feature }, numbers.weight)
      }
    }
  }
}
