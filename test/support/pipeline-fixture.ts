import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { replaceEntry } from '../../src/archive/zip/replace-entry.js'

/** Files of a folder or a zip, by name. */
export type Files = Readonly<Record<string, string | Uint8Array>>

/** A model of a made-up pipeline. */
export interface FixtureModel {
  /** `<source>/<output type>/<feature group>` */
  readonly folder?: string
  /** `<Trainer>_<node type>` */
  readonly name: string
  readonly features?: readonly string[]
  readonly mae?: number
  /** More of the metadata. */
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly weights?: boolean
}

export const bpf = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']

/** Types 0 and 1 with 8 and 16 cores, 10 with 96. */
export const nodeTypes = {
  '0': { attrs: { processor: 'small', cores: 8, chips: 1, memory: 16, frequency: 2000 }, members: ['a'] },
  '1': { attrs: { processor: 'medium', cores: 16, chips: 1, memory: 32, frequency: 2500 }, members: ['b'] },
  '10': { attrs: { processor: 'large', cores: 96.0, chips: 2, memory: 384, frequency: 3500 }, members: ['c', 'd'] },
}

export function metadataOf({ name, features = bpf, mae = 1, metadata = {} }: FixtureModel): string {
  const common = { model_name: name, model_class: 'scikit', model_file: `${name}.json`, fe_files: [] }
  return JSON.stringify({ ...common, features, output_type: 'AbsPower', mae, mape: mae, ...metadata })
}

export function weightsOf(name: string): string {
  const Numerical_Variables = { bpf_cpu_time_ms: { scale: 10, weight: name.length } }
  return JSON.stringify({
    package: { All_Weights: { Bias_Weight: 1, Categorical_Variables: {}, Numerical_Variables } },
  })
}

/** The files of a pipeline of packed models, as the model database has them. */
export function pipelineFiles(models: readonly FixtureModel[], index: object | undefined = nodeTypes): Files {
  const files: Record<string, string | Uint8Array> = { 'metadata.json': '{"name": "made up"}' }
  if (index) files['node_type_index.json'] = JSON.stringify(index)
  for (const model of models) {
    const path = `${model.folder ?? 'rapl-sysfs/AbsPower/BPFOnly'}/${model.name}`
    files[`${path}.zip`] = zipOf({ 'metadata.json': metadataOf(model), [`${model.name}.json`]: '{}' })
    if (model.weights) files[`${path}.json`] = weightsOf(model.name)
  }
  return files
}

export function zipOf(files: Files): Buffer {
  const empty: Buffer = Buffer.from('504b0506000000000000000000000000000000000000', 'hex')
  return Object.entries(files).reduce((zip, [name, content]) => replaceEntry(zip, name, Buffer.from(content)), empty)
}

export function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
}

/** What an unpacked model of a trained pipeline looks like. */
export function unpackedFiles(model: FixtureModel): Files {
  const path = `${model.folder ?? 'rapl-sysfs/AbsPower/BPFOnly'}/${model.name}`
  return {
    [`${path}/metadata.json`]: metadataOf(model),
    [`${path}/${model.name}.json`]: '{}',
    ...(model.weights ? { [`${path}/weight.json`]: weightsOf(model.name) } : {}),
  }
}
