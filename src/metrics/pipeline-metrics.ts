import { Gauge, type Registry } from 'prom-client'
import type { ModelSelector } from '../selection/model-selector.js'

/** Metrics of pipelines: models, when each was loaded, and how many cannot be loaded. */
export function addPipelineMetrics(metricsRegistry: Registry, selector: Pick<ModelSelector, 'status'>): void {
  const registers = [metricsRegistry]
  new Gauge({
    name: 'kepler_model_server_pipeline_models',
    help: 'Models of each loaded pipeline.',
    labelNames: ['pipeline'],
    registers,
    collect() {
      this.reset()
      for (const { name, models } of selector.status().pipelines) this.set({ pipeline: name }, models)
    },
  })
  new Gauge({
    name: 'kepler_model_server_pipeline_errors',
    help: 'Pipelines that could not be read or downloaded; `/readyz` names them, and says why.',
    registers,
    collect() {
      this.set(selector.status().errors.length)
    },
  })
  new Gauge({
    name: 'kepler_model_server_pipeline_loaded_timestamp_seconds',
    help: 'When each pipeline was loaded.',
    labelNames: ['pipeline'],
    registers,
    collect() {
      this.reset()
      for (const { name, loadedAt } of selector.status().pipelines) this.set({ pipeline: name }, loadedAt / 1000)
    },
  })
}
