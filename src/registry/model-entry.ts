import { type EnergySource, isEnergySource, requestedSource } from '../core/energy-source.js'
import { isOutputType, type OutputType } from '../core/output-type.js'
import type { MetadataNumbers } from './metadata-numbers.js'

/** A folder of models inside a pipeline: one source, output type and feature group. */
export interface ModelFolder {
  /** As it stands in the pipeline: `<source>/<output type>/<feature group>`. */
  readonly path: string
  readonly source: EnergySource
  readonly outputType: OutputType
  /** Any name: pipelines may hold groups that this version does not know. */
  readonly featureGroup: string
}

/** What the index knows of one model; its bytes stay in the pipeline. */
export interface ModelEntry {
  /** `<Trainer>_<node type>` */
  readonly name: string
  readonly trainer: string
  readonly nodeType: number
  readonly folder: ModelFolder
  readonly features: readonly string[]
  readonly numbers: MetadataNumbers
  /** Where the archive comes from: a zip, or the model's unpacked folder. */
  readonly archive: 'zip' | 'folder'
  /** Whether the original's Python loads the archive. */
  readonly loadableByOriginal: boolean
  /** Where the weights come from: `<model>.json`, or `weight.json` in the model's folder, or nowhere. */
  readonly weights: 'file' | 'folder' | undefined
}

/** Names of an entry's files inside its pipeline. */
export function modelPath({ folder, name }: ModelEntry): string {
  return `${folder.path}/${name}`
}

/** Reads `<source>/<output type>/<feature group>`; `undefined` when it is no folder of models. */
export function parseModelFolder(path: string): ModelFolder | undefined {
  const [sourceName = '', outputType = '', featureGroup = '', ...more] = path.split('/')
  // Generation v0.6 says `rapl`, which is `rapl-sysfs`; an empty name would mean that too, but not here.
  const source =
    sourceName === 'rapl' ? requestedSource(sourceName) : isEnergySource(sourceName) ? sourceName : undefined
  if (!source || !isOutputType(outputType) || featureGroup === '' || more.length > 0) return undefined
  return { path, source, outputType, featureGroup }
}
