import type { Dataset } from '../../src/extract/dataset.js'
import type { Chart } from '../../src/plot/chart.js'
import { loadPipeline } from '../../src/registry/load-pipeline.js'
import type { ModelEntry } from '../../src/registry/model-entry.js'
import { html } from '../../src/report/html.js'
import type { Figures } from '../../src/report/parts/figure.js'
import { explainPipeline } from '../../src/selection/explain-pipeline.js'
import { type FixtureModel, pipelineFiles, writeFiles } from './pipeline-fixture.js'
import { temporaryFolder } from './temporary-folder.js'
import { testArchive } from './test-model.js'

/** Figures without pictures: their titles in the page, and what was drawn. */
export function listedFigures(): { readonly figures: Figures; readonly drawn: readonly Chart[] } {
  const drawn: Chart[] = []
  const figures: Figures = (chart) => {
    drawn.push(chart)
    return html`<figure>${chart.title}</figure>`
  }
  return { figures, drawn }
}

/** A pipeline of linear models of `bpf_cpu_time_ms` on disk, and why each is chosen. */
export async function reportPipeline(models: readonly FixtureModel[], index?: object) {
  const path = temporaryFolder()
  const archives = await Promise.all(
    models.map(async ({ folder = 'rapl-sysfs/AbsPower/BPFOnly', name, mae = 1, metadata }) => [
      `${folder}/${name}.zip`,
      await testArchive({
        name,
        features: ['bpf_cpu_time_ms'],
        slope: 1e-5,
        metadata: { mae, mape: 2 * mae, ...metadata },
      }),
    ]),
  )
  writeFiles(path, { ...pipelineFiles([], index), ...Object.fromEntries(archives) })
  const pipeline = await loadPipeline({ name: 'mine', path, kind: 'folder' })
  return { path, pipeline, explained: explainPipeline(pipeline, pipeline.entries, 'mae') }
}

/** A model that is nowhere: for sections that read no archive. */
export function reportEntry(
  name: string,
  nodeType: number,
  numbers: Readonly<Record<string, number>> = {},
  path = 'acpi/AbsPower/BPFOnly',
): ModelEntry {
  const [, outputType, featureGroup = ''] = path.split('/')
  return {
    ...{ name: `${name}_${nodeType}`, trainer: name, nodeType, features: ['bpf_cpu_time_ms'], archive: 'zip' },
    folder: { path, source: 'acpi', outputType: outputType === 'DynPower' ? 'DynPower' : 'AbsPower', featureGroup },
    numbers: { keys: Object.keys(numbers), values: Object.values(numbers) },
    ...{ loadableByOriginal: false, weights: undefined },
  }
}

/** Rows 10 s apart: row i has a usage of i million and 10 + i watts. */
export function reportDataset(features: readonly string[], rows = 3): Dataset {
  return {
    ...{ source: 'acpi', outputType: 'AbsPower', rows, ratios: [], nodeTypes: new Int32Array(rows) },
    timestamps: Float64Array.from({ length: rows }, (_, i) => 10 * i),
    features: features.map((name) => ({ name, values: Float64Array.from({ length: rows }, (_, i) => 1e6 * i) })),
    powers: [{ name: 'p', component: 'platform', values: Float64Array.from({ length: rows }, (_, i) => 10 + i) }],
  }
}

/** The cells of each row of the tables in a page. */
export function tableCells(markup: string): readonly (readonly string[])[] {
  return [...markup.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...(row ?? '').matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell]) => (cell ?? '').replace(/<[^>]+>/g, '')),
  )
}
