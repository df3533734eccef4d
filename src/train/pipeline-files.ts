import { datasetTable } from '../extract/dataset-table.js'
import { csvChunks } from '../table/csv-write.js'
import type { Column } from '../table/table.js'
import { table } from '../table/table.js'
import type { Preprocessed } from './build-training-sets.js'
import type { TrainedModel } from './train-model.js'
import type { TrainingSet } from './training-set.js'

/** A model with its place in a pipeline. */
export interface PlacedModel {
  /** `<source>/<output type>/<feature group>` */
  readonly folder: string
  readonly set: Pick<TrainingSet, 'source' | 'outputType' | 'group' | 'nodeType'>
  readonly model: TrainedModel
}

export function placeOf({ source, outputType, group }: Pick<TrainingSet, 'source' | 'outputType' | 'group'>): string {
  return `${source}/${outputType}/${group}`
}

export type PipelineFiles = ReadonlyMap<string, string | Uint8Array>

/** The files of models in a pipeline folder: unpacked with `weight.json`, and the zip next to that folder. */
export function modelFiles(models: readonly PlacedModel[]): PipelineFiles {
  const files = new Map<string, string | Uint8Array>()
  for (const { folder, model } of models) {
    for (const [name, content] of model.files) files.set(`${folder}/${model.name}/${name}`, content)
    if (model.weights !== undefined) files.set(`${folder}/${model.name}/weight.json`, model.weights)
    files.set(`${folder}/${model.name}.zip`, model.zip)
  }
  return files
}

/** The datasets that models were learnt from, as `preprocessed_data/*.csv`. */
export function preprocessedFiles(datasets: readonly Preprocessed[]): PipelineFiles {
  return new Map(
    datasets.map(({ fileName, dataset }) => [
      `preprocessed_data/${fileName}`,
      [...csvChunks(datasetTable(dataset))].join(''),
    ]),
  )
}

/** What `<source>_<output type>_model_metadata.csv` says of a model. */
export type ModelRow = Readonly<Record<string, unknown>>

/** The line of a model, from its `metadata.json`. */
export function modelRow(metadata: Readonly<Record<string, unknown>>, group: string): ModelRow {
  return { ...metadata, feature_group: group }
}

/** The columns in the order of the model database, and this package's own after them. */
const leading = [
  'model_name',
  'model_class',
  'model_file',
  'features',
  'fe_files',
  'output_type',
  'mae',
  'mape',
] as const
const trailing = [
  'trainer',
  'node_type',
  'feature_group',
  'cv_mae',
  'cv_mape',
  'workload_mae',
  'workload_mape',
] as const

/** One line a model, the best first. */
export function modelMetadataCsv(rows: readonly ModelRow[]): string {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const names = [
    ...leading,
    ...keys.filter((key) => /^(?!cv_|workload_)[a-z]+_mae$/.test(key)),
    ...keys.filter((key) => /^(?!cv_|workload_)[a-z]+_mape$/.test(key)),
    ...trailing,
  ]
  const sorted = [...rows].sort((a, b) => Number(a.mae) - Number(b.mae))
  const columns: Column[] = names.map((name) => ({ name, values: sorted.map((row) => cell(row[name])) }))
  return [...csvChunks(table(columns))].join('')
}

/** Lists as Python prints them, since its readers evaluate them. */
function cell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => `'${item}'`).join(', ')}]`
  return value === undefined || value === null ? '' : String(value)
}
