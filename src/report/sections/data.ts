import { counted } from '../../core/counted.js'
import type { OutputType } from '../../core/output-type.js'
import type { Dataset } from '../../extract/dataset.js'
import { trainingData } from '../../extract/dataset.js'
import type { Finding } from '../../extract/findings.js'
import { preprocessChart } from '../../plot/charts/preprocess-chart.js'
import { featureText, timeRange } from '../../plot/charts/texts.js'
import { usualStep } from '../../plot/data/gaps.js'
import { preprocessed } from '../../plot/data/preprocessed.js'
import { type Html, html, name } from '../html.js'
import type { Section } from '../page.js'
import type { Figures } from '../parts/figure.js'
import { tableHtml } from '../parts/table.js'

/** Rows that models learn from, or learnt from. */
export interface ReportDataset {
  readonly source: string
  readonly outputType: OutputType
  readonly featureGroup: string
  readonly dataset: Dataset
}

export interface ReportData {
  readonly datasets: readonly ReportDataset[]
  /** What was wrong with the data; `undefined` where nobody kept it. */
  readonly findings: readonly Finding[] | undefined
  /** Combinations that have no dataset, and why. */
  readonly failures: readonly { readonly what: string; readonly why: string }[]
}

const mostFindings = 60
const mostFailures = 30

/** The data, and what is wrong with it. */
export function dataSection({ datasets, findings, failures }: ReportData, figures: Figures): Section {
  const node = datasets.filter(({ outputType }) => outputType === 'AbsPower')
  const widest = [...new Set(node.map(({ source }) => source))].flatMap((source) => {
    const own = node.filter((one) => one.source === source)
    return own.reduce<ReportDataset[]>(
      ([most], one) =>
        most === undefined || one.dataset.features.length > most.dataset.features.length ? [one] : [most],
      [],
    )
  })
  return {
    id: 'data',
    title: 'Data, and what is wrong with it',
    body: html`
${findingsHtml(findings)}
${failures.length === 0 ? '' : html`<h3>What cannot be used</h3><ul>${failures.slice(0, mostFailures).map(({ what, why }) => html`<li>${name(what, 100)}: ${why}</li>`)}</ul>${failures.length > mostFailures ? html`<p>And ${failures.length - mostFailures} more.</p>` : ''}`}
${datasets.length === 0 ? html`<p>There are no rows to show: the pipeline keeps none of the data that it was trained on. Give the response with <code>--input</code>.</p>` : ''}
${tableHtml(
  'Datasets',
  [
    { title: 'Source' },
    { title: 'Output' },
    { title: 'Feature group' },
    { title: 'Rows', kind: 'number' },
    { title: 'Time' },
    { title: 'Step (s)', kind: 'number' },
  ],
  datasets.map(({ source, outputType, featureGroup, dataset }) => [
    name(source),
    outputType,
    name(featureGroup),
    dataset.rows,
    timeRange([...dataset.timestamps]),
    Number(usualStep([...dataset.timestamps]).toPrecision(4)),
  ]),
)}
${widest.map(({ source, dataset }) => html`<h3>Power and usage of ${name(source)}</h3>${rangesTable(source, dataset)}${figures(preprocessChart(preprocessed(dataset)))}`)}`,
  }
}

function findingsHtml(findings: readonly Finding[] | undefined): Html {
  if (findings === undefined) {
    return html`<p>What was wrong with the data is not kept in a pipeline: give the response with <code>--input</code> to see it.</p>`
  }
  if (findings.length === 0) return html`<p>Nothing was found wrong with the data.</p>`
  return html`<p class="warning">${counted(findings.length, 'finding')}; the data was used nevertheless.</p>
${tableHtml(
  'Findings',
  [
    { title: 'Metric' },
    { title: 'What' },
    { title: 'Count', kind: 'number' },
    { title: 'Done about it', kind: 'sentence' },
    { title: 'First', kind: 'sentence' },
  ],
  findings
    .slice(0, mostFindings)
    .map(({ metric, kind, count, effect, example }) => [name(metric, 70), kind, count, effect, name(example, 200)]),
)}`
}

function rangesTable(source: string, dataset: Dataset): Html {
  const columns = [
    ...trainingData(dataset).y.map(({ component, watts }) => [`${component} (W)`, watts] as const),
    ...dataset.features.map(({ name: feature, values }) => [featureText(feature), values] as const),
  ]
  return tableHtml(
    `Ranges of ${source}`,
    [{ title: 'Column' }, ...['Lowest', 'Mean', 'Highest'].map((title) => ({ title, kind: 'number' }) as const)],
    columns.map(([title, values]) => {
      const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
      const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
      const mean = values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)
      return [name(title), ...[low, mean, high].map(short)]
    }),
  )
}

function short(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return Math.abs(value) >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(5)))
}
