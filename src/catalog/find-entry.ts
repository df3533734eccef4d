import { ModelError, quote } from '../core/errors.js'
import { type ModelEntry, modelPath } from '../registry/model-entry.js'
import type { ModelSelection } from '../selection/model-selector.js'
import type { RankedPipeline } from '../selection/ranked-pipeline.js'

/** A model with the pipeline that it is in. */
export interface FoundEntry {
  readonly ranked: RankedPipeline
  readonly entry: ModelEntry
}

/** The model of that path. @throws ModelError `NO_MODEL` when there is no such pipeline or model */
export function findEntry(served: readonly RankedPipeline[], name: string, path: string): FoundEntry {
  const ranked = served.find(({ pipeline }) => pipeline.name === name)
  if (!ranked) throw new ModelError('NO_MODEL', `there is no pipeline ${quote(name)}`, { field: 'pipeline' })
  const entry = ranked.pipeline.entries.find((one) => modelPath(one) === path)
  if (!entry) throw new ModelError('NO_MODEL', `${quote(name)} has no model ${quote(path, 200)}`, { field: 'path' })
  return { ranked, entry }
}

/** The model that was chosen; `undefined` for one that was made for the machine and is in no pipeline. */
export function findSelected(served: readonly RankedPipeline[], selection: ModelSelection): FoundEntry | undefined {
  const ranked = served.find(({ pipeline }) => pipeline.name === selection.pipeline)
  const entry = ranked?.pipeline.entries.find(
    ({ name, folder }) =>
      name === selection.modelName &&
      folder.source === selection.source &&
      folder.outputType === selection.outputType &&
      folder.featureGroup === selection.featureGroup,
  )
  return ranked && entry && { ranked, entry }
}
