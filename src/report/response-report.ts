import { type MetricReport, metricRemarks } from '../extract/inspect.js'
import type { ValidationReport } from '../extract/validate.js'
import { isolationChart } from '../plot/charts/isolation-chart.js'
import { isoText } from '../plot/charts/texts.js'
import type { IsolationSplit } from '../plot/data/isolation-split.js'
import type { PlotLibrary } from '../plot/draw/plot-library.js'
import { type Html, html, name } from './html.js'
import { pageHtml, type Section } from './page.js'
import { type Figures, figures as figuresOf } from './parts/figure.js'
import { factsHtml, leftOut, tableHtml } from './parts/table.js'
import { dataSection, type ReportData } from './sections/data.js'

export interface ResponseReportOptions {
  readonly title: string
  readonly validation: ValidationReport
  readonly data: ReportData
  /** What the isolator makes of each source, or why it cannot. */
  readonly splits: readonly (IsolationSplit | { readonly source: string; readonly why: string })[]
  readonly footer: string
}

const mostMetrics = 150
const mostMachines = 30

/** A report of measurements before anything is trained on them: what is there, what is wrong, what can be trained. */
export function responseReport(library: PlotLibrary, options: ResponseReportOptions): string {
  const { title, validation, data, splits, footer } = options
  const figures = figuresOf(library)
  const { metrics, groups, sources, machines, usable } = validation
  const series = metrics.reduce((sum, metric) => sum + metric.series, 0)
  const samples = metrics.reduce((sum, metric) => sum + metric.samples, 0)
  return pageHtml({
    title: `Measurements ${title}`,
    lead: html`${factsHtml([
      ['metrics', metrics.length],
      ['series', series],
      ['samples', samples],
      ['machines with a meter', machines.length],
    ])}
${usable ? html`<p class="lead">Models can be trained on this.</p>` : html`<p class="warning">Nothing can be trained on this: no feature group is complete together with an energy source.</p>`}`,
    sections: [
      {
        id: 'trainable',
        title: 'What can be trained',
        body: html`${tableHtml(
          'Feature groups and energy sources',
          [
            { title: 'For training' },
            { title: 'Usable' },
            { title: 'Has', kind: 'sentence' },
            { title: 'Missing', kind: 'sentence' },
          ],
          [
            ...groups.map(({ group, missing }) => [group, missing.length === 0 ? 'yes' : 'no', '', missing.join(', ')]),
            ...sources.map(({ source, components, missing }) => [
              name(source === '' ? '(no source)' : source),
              source === '' ? 'no' : 'yes',
              components.join(', '),
              missing.join(', '),
            ]),
          ],
        )}${machinesHtml(machines)}`,
      },
      dataSection(data, figures),
      ...splitSections(splits, figures),
      { id: 'metrics', title: 'Metrics', body: metricsHtml(metrics) },
    ],
    footer,
  })
}

function machinesHtml(machines: ValidationReport['machines']): Html {
  if (machines.length === 0) return html`<p>No machine has a meter.</p>`
  return html`<h3>Machines with a meter</h3>${leftOut(machines.length, Math.min(machines.length, mostMachines), 'machines', 'kepler-model validate lists all')}
<ul>${machines.slice(0, mostMachines).map(
    ({ name: machine, labels }) =>
      html`<li>${name(machine === '' ? '(no instance)' : machine)} ${name(
        `{${Object.entries(labels)
          .map(([label, value]) => `${label}=${value}`)
          .join(', ')}}`,
        160,
      )}</li>`,
  )}</ul>
${machines.length > 1 ? html`<p>One machine at a time is trained on: the first unless <code>--instance</code> chooses.</p>` : ''}`
}

function splitSections(splits: ResponseReportOptions['splits'], figures: Figures): readonly Section[] {
  if (splits.length === 0) return []
  return [
    {
      id: 'isolation',
      title: 'Idle, background and dynamic power',
      body: html`${splits.map((split) =>
        'why' in split
          ? html`<h3>${name(split.source)}</h3><p class="warning">Nothing sensible is left of dynamic power: ${split.why}</p>`
          : html`<h3>${name(split.source)}</h3>${figures(isolationChart(split))}`,
      )}`,
    },
  ]
}

function metricsHtml(metrics: readonly MetricReport[]): Html {
  const faulty = metrics.filter((metric) => metricRemarks(metric) !== '')
  const sorted = [...faulty, ...metrics.filter((metric) => !faulty.includes(metric))]
  const number = { kind: 'number' } as const
  return html`${leftOut(metrics.length, Math.min(metrics.length, mostMetrics), 'metrics', 'those with remarks first; kepler-model validate lists all')}
${tableHtml(
  'Metrics',
  [
    { title: 'Metric' },
    { title: 'Series', ...number },
    { title: 'Samples', ...number },
    { title: 'Step (s)', ...number },
    { title: 'From (UTC)' },
    { title: 'To (UTC)' },
    { title: 'Remarks', kind: 'sentence' },
  ],
  sorted
    .slice(0, mostMetrics)
    .map((metric) => [
      name(metric.metric, 80),
      metric.series,
      metric.samples,
      Number.isFinite(metric.step) ? Number(metric.step.toPrecision(4)) : '–',
      Number.isFinite(metric.from) ? isoText(metric.from) : '–',
      Number.isFinite(metric.to) ? isoText(metric.to) : '–',
      metricRemarks(metric),
    ]),
)}`
}
