import type { EnergySource } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import { type ArchiveReader, archiveReader } from './archive-reader.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { anyNodeType } from '../core/model-name.js'
import type { Clock } from '../runtime/ports.js'
import type { ModelSelector } from '../selection/model-selector.js'
import { loadedModel, type ModelSource } from './model-source.js'

export interface SelectorSourceOptions {
  readonly selector: ModelSelector
  readonly machineSpec: MachineSpec
  readonly clock: Clock
  /** For messages and provenance. @default 'this process' */
  readonly name?: string
  /** Energy sources that it answers for. @default all */
  readonly only?: ReadonlySet<EnergySource>
  readonly read?: ArchiveReader
}

/** The pipelines of a model server in the same process: the same choice, without the network. */
export function selectorSource(options: SelectorSourceOptions): ModelSource {
  const { selector, machineSpec, clock, name = 'this process', only, read = archiveReader() } = options
  return {
    name,
    async load({ source, outputType, metrics, trainerName, filter }) {
      if (only && !only.has(source)) throw new ModelError('NO_MODEL', `another model of ${source} comes first`)
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
      return loadedModel(read(body), {
        pipeline: selection.pipeline,
        featureGroup: selection.featureGroup,
        match: selection.match,
        machineSpec: selection.machineSpec,
        loadedFrom: name,
        loadedAt: clock(),
      })
    },
  }
}
