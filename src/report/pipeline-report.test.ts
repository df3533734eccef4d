import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { FixtureModel } from '../../test/support/pipeline-fixture.js'
import { reportDataset, reportPipeline } from '../../test/support/report-scene.js'
import { type PlotLibrary, plotLibrary } from '../plot/draw/plot-library.js'
import type { Pipeline } from '../registry/pipeline.js'
import { type PipelineReportOptions, pipelineReport } from './pipeline-report.js'

const models: readonly FixtureModel[] = [
  { folder: 'acpi/AbsPower/BPFOnly', name: 'SGDRegressorTrainer_0' },
  { folder: 'acpi/AbsPower/BPFOnly', name: 'LinearRegressionTrainer_0', mae: 2 },
  { folder: 'rapl-sysfs/AbsPower/CounterOnly', name: 'LinearRegressionTrainer_10' },
]

const { pipeline: whole } = await reportPipeline(models)

describe('the report of a pipeline', () => {
  let library: PlotLibrary
  before(async () => {
    library = await plotLibrary()
  })
  const page = (options: Partial<PipelineReportOptions> = {}, pipeline: Pipeline = whole) =>
    pipelineReport(library, pipeline, {
      ...{ errorKey: 'mae', cards: 9, description: {}, footer: 'made today' },
      data: { datasets: [], findings: [], failures: [] },
      ...options,
    })
  const sections = (markup: string) => [...markup.matchAll(/<h2 id="([^"]*)"/g)].map(([, id]) => id)

  it('begins with counts, sources and what the pipeline says of itself', () => {
    const markup = page({
      description: { isolator: 'min', init_time: 'then', note: '', extractor: 7, other: 'x', last_update_time: 'now' },
    })
    assert.match(markup, /<h1>Pipeline mine<\/h1>/)
    assert.deepEqual(
      [...markup.matchAll(/<li><b>(\d+)<\/b>([^<]*)<\/li>/g)].map(([, value, text]) => [text, value]),
      [
        ['models', '3'],
        ['node types', '3'],
        ['trainers', '2'],
        ['feature groups', '2'],
      ],
    )
    assert.match(markup, /Energy sources: <bdi>[\w-]+<\/bdi>, <bdi>[\w-]+<\/bdi>\./)
    assert.deepEqual(
      [...(/<dl>(.*?)<\/dl>/.exec(markup)?.[1] ?? '').matchAll(/<dt>(.*?)<\/dt><dd><bdi>(.*?)<\/bdi>/g)].map(
        ([, title, text]) => [title, text],
      ),
      [
        ['init time', 'then'],
        ['last update time', 'now'],
        ['isolator', 'min'],
      ],
    )
    assert.doesNotMatch(page({ cards: 0 }), /<dl>|class="warning"/)
  })

  it('warns of damaged models, of a demonstration, and of none at all', async () => {
    assert.match(page({ cards: 0 }, { ...whole, damaged: 1 }), /class="warning">1 models are damaged/)
    assert.match(page({ cards: 0, description: { demonstration: true } }), /class="warning">A demonstration/)
    assert.doesNotMatch(page({ cards: 0, description: { demonstration: 'no' } }), /A demonstration/)
    const { pipeline: empty } = await reportPipeline([])
    const markup = page({}, empty)
    assert.match(markup, /class="warning">The pipeline has no models[\s\S]*/)
    assert.match(markup, /Energy sources: none\./)
    assert.deepEqual(sections(markup), ['data', 'machines'])
  })

  it('has residuals where there are rows, and cards where some are wanted', () => {
    assert.deepEqual(sections(page({ cards: 0 })), ['chosen', 'quality', 'curves', 'data', 'machines'])
    const datasets = [
      {
        ...{ source: 'acpi', outputType: 'AbsPower' as const, featureGroup: 'BPFOnly' },
        dataset: reportDataset(['bpf_cpu_time_ms', 'bpf_page_cache_hit'], 60),
      },
    ]
    assert.deepEqual(sections(page({ data: { datasets, findings: [], failures: [] } })), [
      ...['chosen', 'quality', 'residuals', 'curves', 'data', 'machines', 'cards'],
    ])
  })

  it('says how many cards are left out', () => {
    assert.match(page({ cards: 2 }), /2 of 3 models are shown/)
    assert.equal(page({ cards: 2 }).split('<article>').length - 1, 2)
    assert.doesNotMatch(page({ cards: 3 }), /models are shown/)
  })

  it('fits models anew with the seed of the pipeline', () => {
    const dataset = reportDataset(['bpf_cpu_time_ms', 'bpf_page_cache_hit'], 60)
    const noisy = dataset.powers.map((power) => ({
      ...power,
      values: power.values.map((watts, i) => watts + 3 * ((i * 7) % 5)),
    }))
    const datasets = [
      {
        ...{ source: 'acpi', outputType: 'AbsPower' as const, featureGroup: 'BPFOnly' },
        dataset: { ...dataset, powers: noisy },
      },
    ]
    const of = (description: Readonly<Record<string, unknown>>) =>
      page({ cards: 0, data: { datasets, findings: [], failures: [] }, description })
    const zero = of({ seed: 0 })
    assert.ok(of({ seed: 'x' }) === zero)
    assert.ok(of({ seed: 1 }) !== zero)
  })

  it('numbers its pictures, one for screens and one for phones', () => {
    const ids = page({ cards: 0 }).matchAll(/<svg class="(\w+)"[^>]*? aria-labelledby="(chart-\d+-\w+)-title/g)
    const all = [...ids].map(([, kind, id]) => `${kind} ${id}`)
    assert.deepEqual(all.slice(0, 4), [
      ...['wide chart-1-wide', 'narrow chart-1-narrow', 'wide chart-2-wide', 'narrow chart-2-narrow'],
    ])
  })
})
