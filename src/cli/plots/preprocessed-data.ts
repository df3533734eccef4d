import { Readable } from 'node:stream'
import { ModelError, quote } from '../../core/errors.js'
import { isEnergySource } from '../../core/energy-source.js'
import type { OutputType } from '../../core/output-type.js'
import { datasetCsvOptions, datasetFromTable } from '../../extract/dataset-table.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { readCsv } from '../../table/csv-read.js'
import { energySourceOf } from '../options/extract-options.js'
import type { Measured } from './measured.js'
import type { PlotOptions } from './plot-options.js'

/** A dataset that a pipeline was trained on, by what its name says. */
export interface PreprocessedFile {
  readonly path: string
  readonly source: string
  readonly outputType: OutputType
  readonly featureGroup: string
}

/** `preprocess_abs_<extractor>_<source>_<group>.csv`, `preprocess_dyn_<extractor>_<isolator>_<source>_<group>.csv` */
const fileName = /^preprocess_(?:(abs)_[a-z]+|(dyn)_[a-z]+_[a-z]+)_(.+)_([A-Za-z]+)\.csv$/

const folder = 'preprocessed_data/'

/** What the name of such a file says; `undefined` for other names. */
export function preprocessedName(name: string): Omit<PreprocessedFile, 'path'> | undefined {
  const [, abs, , source, featureGroup] = fileName.exec(name) ?? []
  if (source === undefined || featureGroup === undefined || !isEnergySource(source)) return undefined
  return { source, outputType: abs === undefined ? 'DynPower' : 'AbsPower', featureGroup }
}

/** The datasets that a pipeline folder keeps; published pipelines keep none. */
export function preprocessedFiles({ store }: Pick<Pipeline, 'store'>): readonly PreprocessedFile[] {
  return [...store.list()].sort().flatMap((path) => {
    const named = path.startsWith(folder) ? preprocessedName(path.slice(folder.length)) : undefined
    return named === undefined ? [] : [{ path, ...named }]
  })
}

/** Reads such a dataset. @throws ModelError `INVALID_DATA` */
export async function readPreprocessed({ store }: Pick<Pipeline, 'store'>, file: PreprocessedFile): Promise<Measured> {
  const text = Readable.from([new TextDecoder().decode(store.read(file.path))])
  return { dataset: datasetFromTable(await readCsv(text, datasetCsvOptions), file), findings: [] }
}

/** The one that the options mean. @throws ModelError `INVALID_REQUEST` when the pipeline has none, or no such one */
export async function preprocessedOf(pipeline: Pipeline, options: PlotOptions): Promise<Measured> {
  const files = preprocessedFiles(pipeline)
  if (files.length === 0) {
    throw new ModelError(
      'INVALID_REQUEST',
      `pipeline ${quote(pipeline.name)} has no preprocessed_data; give measurements with --input`,
      { field: 'input' },
    )
  }
  const source = options.energySource === undefined ? undefined : energySourceOf(options.energySource)
  const [file] = files.filter(
    (one) =>
      (source ?? one.source) === one.source &&
      (options.outputType ?? 'AbsPower') === one.outputType &&
      (options.featureGroup ?? one.featureGroup) === one.featureGroup,
  )
  if (file !== undefined) return readPreprocessed(pipeline, file)
  const there = files.map((one) => `${one.source} ${one.outputType} ${one.featureGroup}`).join(', ')
  throw new ModelError('INVALID_REQUEST', `pipeline ${quote(pipeline.name)} has no such preprocessed_data: ${there}`, {
    field: 'feature-group',
  })
}
