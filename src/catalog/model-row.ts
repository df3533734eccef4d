import type { ModelRow, NodeTypeRow, PipelineJson } from '../api/answers.js'
import type { ModelArchive } from '../archive/read-model-archive.js'
import { wholeNumbers } from '../machine/spec.js'
import { metadataNumber } from '../registry/metadata-numbers.js'
import { type ModelEntry, modelPath } from '../registry/model-entry.js'
import type { Pipeline } from '../registry/pipeline.js'
import type { ModelSelection, PipelineStatus } from '../selection/model-selector.js'

/** A model as a row of a list. */
export function modelRow(pipeline: Pipeline, entry: ModelEntry): ModelRow {
  const { name, trainer, nodeType, folder, numbers, weights } = entry
  const spec = pipeline.specOf(nodeType)
  const number = (key: string) => metadataNumber(numbers, key) ?? null
  return {
    pipeline: pipeline.name,
    path: modelPath(entry),
    model_name: name,
    trainer,
    node_type: nodeType,
    source: folder.source,
    output_type: folder.outputType,
    feature_group: folder.featureGroup,
    processor: spec?.processor ?? null,
    cores: spec?.cores ?? null,
    mae: number('mae'),
    mape: number('mape'),
    held_out_mae: number('held_out_mae'),
    has_weights: weights !== undefined,
  }
}

/** A model that was made for a machine, as a row: what the archive says of itself. */
export function madeRow(selection: ModelSelection, { metadata }: ModelArchive): ModelRow {
  const { pipeline, source, outputType, featureGroup, modelName, trainer, nodeType, machineSpec } = selection
  return {
    pipeline,
    path: `${source}/${outputType}/${featureGroup}/${modelName}`,
    model_name: modelName,
    trainer,
    node_type: nodeType,
    source,
    output_type: outputType,
    feature_group: featureGroup,
    processor: machineSpec?.processor ?? null,
    cores: machineSpec?.cores ?? null,
    mae: metadata.mae ?? null,
    mape: metadata.mape ?? null,
    held_out_mae: null,
    has_weights: true,
  }
}

/** The node types of a pipeline as rows, in the order of their numbers. */
export function nodeTypeRows({ name, nodeTypes, entries }: Pipeline): readonly NodeTypeRow[] {
  const models = new Map<number, number>()
  for (const { nodeType } of entries) models.set(nodeType, (models.get(nodeType) ?? 0) + 1)
  return nodeTypes.map(({ id, spec, members }) => ({
    pipeline: name,
    node_type: id,
    machine: wholeNumbers(spec),
    members,
    models: models.get(id) ?? 0,
  }))
}

/**
 * A pipeline as a row of a list.
 *
 * @param isMade whether it makes its models for each machine, so that they stand in no list
 */
export function pipelineRow({ nodeTypes, loadedAt, ...pipeline }: PipelineStatus, isMade: boolean): PipelineJson {
  return { ...pipeline, is_made: isMade, node_types: nodeTypes, loaded_at: new Date(loadedAt).toISOString() }
}
