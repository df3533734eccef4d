import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadPipeline } from '../../src/registry/load-pipeline.js'
import type { Pipeline } from '../../src/registry/pipeline.js'
import { createModelSelector, type ModelSelectorOptions } from '../../src/selection/create-model-selector.js'
import { parseModelRequest } from '../../src/selection/model-request.js'
import type { ServedModel } from '../../src/selection/model-selector.js'
import { bpf, type FixtureModel, pipelineFiles, zipOf } from './pipeline-fixture.js'
import { temporaryFolder } from './temporary-folder.js'

export const preference = { defaults: { 'rapl-sysfs': 'ec2', acpi: 'specpower' }, local: 'std' }

/** Selectors of pipelines that are made for a test. */
export interface SelectorScene {
  readonly folder: string
  /** Each is newer than the one before. */
  pipeline(files: ReturnType<typeof pipelineFiles>, name?: string): Promise<Pipeline>
  /** @returns what finds a model of these for a request of `BPFOnly` and `AbsPower` */
  serve(
    models: readonly FixtureModel[],
    options?: Partial<ModelSelectorOptions>,
    index?: object,
  ): Promise<(request?: object) => ServedModel>
}

/** Call it in a `describe`. */
export function selectorScene(): SelectorScene {
  const folder = temporaryFolder()
  let made = 0
  async function pipeline(files: ReturnType<typeof pipelineFiles>, name = 'ec2') {
    const path = join(folder, `${made++}.zip`)
    writeFileSync(path, zipOf(files))
    utimesSync(path, made, made)
    return loadPipeline({ name, path, kind: 'zip' })
  }
  return {
    folder,
    pipeline,
    async serve(models, options = {}, index) {
      const selector = createModelSelector({ preference, ...options })
      selector.use([await pipeline(pipelineFiles(models, index))])
      return (request = {}) =>
        selector.findModel(parseModelRequest({ metrics: bpf, output_type: 'AbsPower', ...request }))
    },
  }
}
