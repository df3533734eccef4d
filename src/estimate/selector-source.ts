import { readModelArchive } from '../archive/read-model-archive.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { anyNodeType } from '../core/model-name.js'
import type { Clock } from '../runtime/ports.js'
import type { ModelSelector } from '../selection/model-selector.js'
import { loadedModel, type ModelSource } from './model-source.js'

/** The pipelines of a model server in the same process: the same choice, without the network. */
export function selectorSource(selector: ModelSelector, machineSpec: MachineSpec, clock: Clock): ModelSource {
  return {
    name: 'this process',
    async load({ source, outputType, metrics, trainerName, filter }) {
      const { body, selection } = selector.findModel({
        metrics,
        outputType,
        source,
        nodeType: anyNodeType,
        weight: false,
        trainerName,
        filter,
        pipelineName: '',
        machineSpec,
        looseNodeType: true,
      })
      return loadedModel(readModelArchive(body), {
        pipeline: selection.pipeline,
        featureGroup: selection.featureGroup,
        match: selection.match,
        machineSpec: selection.machineSpec,
        loadedFrom: 'this process',
        loadedAt: clock(),
      })
    },
  }
}
