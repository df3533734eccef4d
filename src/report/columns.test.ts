import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { reportDataset, reportPipeline } from '../../test/support/report-scene.js'
import type { MetricReport } from '../extract/inspect.js'
import { type PlotLibrary, plotLibrary } from '../plot/draw/plot-library.js'
import type { ReportData } from './sections/data.js'
import { pipelineReport } from './pipeline-report.js'
import { responseReport } from './response-report.js'

interface Cell {
  readonly kind: string | undefined
  readonly text: string
}

/** The tables of a page by their caption: rows of cells, the titles of the columns first. */
function tablesIn(page: string): ReadonlyMap<string, readonly (readonly Cell[])[]> {
  return new Map(
    [...page.matchAll(/<caption>(.*?)<\/caption>(.*?)<\/table>/gs)].map(([, caption = '', table = '']) => [
      caption,
      [...table.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
        [...row.matchAll(/<t[dh](?: scope="col")?(?: class="(\w+)")?>(.*?)<\/t[dh]>/gs)].map(([, kind, cell = '']) => ({
          kind,
          text: cell.replace(/<[^>]+>/g, ''),
        })),
      ),
    ]),
  )
}

/** How a column is set: numbers to the right, sentences over several lines. */
function kindOf(texts: readonly string[]): string | undefined {
  if (texts.every((text) => /^-?\d[\d.e+]*(?: (?:±|to) \d[\d.]*)?$/.test(text))) return 'n'
  return undefined
}

describe('the tables of a report', () => {
  const datasets: ReportData['datasets'] = [
    {
      ...{ source: 'acpi', outputType: 'AbsPower', featureGroup: 'BPFOnly' },
      dataset: reportDataset(['bpf_cpu_time_ms'], 60),
    },
  ]
  const findings = [{ kind: 'gap', metric: 'm', count: 2, example: 'at noon', effect: 'left out' }] as never
  const data: ReportData = { datasets, findings, failures: [] }
  const metric: MetricReport = {
    ...{ metric: 'a', series: 2, samples: 10, from: 0, to: 90, step: 10.00004, empty: 0, single: 0, gaps: 0 },
    ...{ resets: 3, notFinite: 0, notNumbers: 0, duplicates: 0, backSteps: 0, example: 'somewhere' },
  }
  let library: PlotLibrary
  before(async () => {
    library = await plotLibrary()
  })

  const expectSound = (page: string, sentences: Readonly<Record<string, number>>) => {
    const tables = tablesIn(page)
    assert.deepEqual([...tables.keys()].sort(), Object.keys(sentences).sort())
    for (const [caption, [titles = [], ...rows]] of tables) {
      assert.ok(rows.length > 0 && titles.every(({ text }) => text !== ''), caption)
      titles.forEach(({ kind, text }, column) => {
        const cells = rows.map((row) => row[column]!)
        assert.ok(
          cells.every((cell) => cell.kind === kind),
          `${caption}: ${text}`,
        )
        if (kind !== 'why') assert.equal(kind, kindOf(cells.map((cell) => cell.text)), `${caption}: ${text}`)
      })
      assert.equal(titles.filter(({ kind }) => kind === 'why').length, sentences[caption], caption)
    }
  }

  it('of a pipeline have a title for each column, numbers to the right and sentences where they are', async () => {
    const metadata = { held_out_mae: 3, held_out_se: 0.5, time_fold_1: 2, time_fold_2: 4 }
    const { pipeline } = await reportPipeline([
      { folder: 'acpi/AbsPower/BPFOnly', name: 'LinearRegressionTrainer_10', metadata },
    ])
    const page = pipelineReport(library, pipeline, {
      ...{ errorKey: 'mae', cards: 1, description: {}, footer: 'made today', data },
    })
    expectSound(page, {
      ...{ 'Chosen models': 1, 'Models of acpi · AbsPower': 1, Findings: 2, Datasets: 0 },
      ...{ 'Ranges of acpi': 0, 'Node types': 0 },
    })
  })

  it('of a response likewise', () => {
    const page = responseReport(library, {
      ...{ title: 'mine', splits: [], footer: 'made today', data },
      validation: {
        ...{
          metrics: [metric],
          vocabulary: 'kepler',
          otherVocabularies: [],
          machines: [],
          extractions: [],
          usable: true,
        },
        groups: [{ group: 'BPFOnly', missing: ['x', 'y'] }] as never,
        sources: [{ source: 'acpi', known: true, components: ['platform'], missing: [] }],
      },
    })
    expectSound(page, {
      ...{ 'Feature groups and energy sources': 2, Findings: 2, Datasets: 0, 'Ranges of acpi': 0, Metrics: 1 },
    })
  })
})
