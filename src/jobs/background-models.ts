import { join } from 'node:path'
import { readModelArchive } from '../archive/read-model-archive.js'
import type { EnergySource } from '../core/energy-source.js'
import { ModelError, quote } from '../core/errors.js'
import type { BackgroundModel } from '../isolate/trained.js'
import { defaultPipelines } from '../registry/default-pipelines.js'
import { findPipelines } from '../registry/find-pipelines.js'
import { loadPipeline, type PipelineLocation } from '../registry/load-pipeline.js'
import { metadataNumber } from '../registry/metadata-numbers.js'
import type { ModelEntry } from '../registry/model-entry.js'
import { readArchive } from '../registry/model-files.js'
import type { Pipeline } from '../registry/pipeline.js'
import { heldOutOf } from '../selection/held-out.js'
import { defaultErrorKey } from '../selection/model-order.js'
import { backgroundModel } from '../train/background-model.js'

/** Where pipelines are, and what ranks their models. */
export interface ModelFolder {
  readonly modelPath: string
  readonly errorKey: string
}

/**
 * The AbsPower models of a pipeline in the model folder, read when they are first asked.
 *
 * @throws ModelError `NO_MODEL` when there is no such pipeline, or it has no such models
 */
export async function backgroundModels(
  { modelPath, errorKey }: ModelFolder,
  source: EnergySource,
  name = defaultPipelines[source],
): Promise<readonly BackgroundModel[]> {
  const locations = findPipelines(modelPath)
  const location = locations.find((candidate) => candidate.name === name)
  if (location === undefined) {
    const there = locations.map((candidate) => candidate.name).join(', ') || 'none'
    throw new ModelError('NO_MODEL', `no pipeline ${quote(name ?? '')} in ${modelPath}; there are: ${there}`, {
      field: 'abs-pipeline-name',
    })
  }
  return backgroundModelsAt(location, errorKey, source, join(modelPath, '.index'))
}

/** The same of a pipeline in any place. @throws ModelError `NO_MODEL` when it has no such models */
export async function backgroundModelsAt(
  location: PipelineLocation,
  errorKey: string,
  source: EnergySource,
  cacheFolder?: string,
): Promise<readonly BackgroundModel[]> {
  const pipeline = await loadPipeline(location, { cacheFolder })
  const models = pipeline.entries
    .filter(({ folder }) => folder.source === source && folder.outputType === 'AbsPower')
    .map((entry) => modelOf(pipeline, entry, errorKey))
  if (models.length > 0) return models
  throw new ModelError('NO_MODEL', `pipeline ${location.name} has no AbsPower models of ${source}`, {
    field: 'abs-pipeline-name',
  })
}

/** What a server would choose by: the error on held-out rows where it is known; a model that it passes over has none. */
function errorOf({ numbers }: ModelEntry, errorKey: string): number {
  const { error, unfit } = heldOutOf(numbers)
  if (unfit !== undefined) return Number.POSITIVE_INFINITY
  return (
    (errorKey === defaultErrorKey ? error : undefined) ?? metadataNumber(numbers, errorKey) ?? Number.POSITIVE_INFINITY
  )
}

function modelOf(pipeline: Pipeline, entry: ModelEntry, errorKey: string): BackgroundModel {
  const { name, folder, features, nodeType } = entry
  const about = {
    name: `${pipeline.name}/${folder.path}/${name}`,
    error: errorOf(entry, errorKey),
    features,
  }
  return backgroundModel(about, folder.source, () =>
    readModelArchive(readArchive(pipeline.store, entry, pipeline.specOf(nodeType))),
  )
}
