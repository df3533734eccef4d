import type { PlotLibrary } from '../plot/draw/plot-library.js'
import type { Pipeline } from '../registry/pipeline.js'
import { explainPipeline } from '../selection/explain-pipeline.js'
import { modelCards } from './data/model-card.js'
import { type Html, html, name } from './html.js'
import { pageHtml } from './page.js'
import { cardHtml } from './parts/card.js'
import { figures as figuresOf } from './parts/figure.js'
import { factsHtml, leftOut } from './parts/table.js'
import { chosenSection } from './sections/chosen.js'
import { curvesSection } from './sections/curves.js'
import { dataSection, type ReportData } from './sections/data.js'
import { machinesSection } from './sections/machines.js'
import { qualitySection } from './sections/quality.js'
import { residualsSection } from './sections/residuals.js'

export interface PipelineReportOptions {
  /** The metadata attribute by which models are chosen. */
  readonly errorKey: string
  /** Model cards at most. */
  readonly cards: number
  readonly data: ReportData
  /** The pipeline's own `metadata.json`, as it stands there. */
  readonly description: Readonly<Record<string, unknown>>
  /** Who made the report, and when. */
  readonly footer: string
}

/**
 * A report of a pipeline as one HTML document: its machines, data, errors, choices, residuals, curves, and a card for each
 * model, the chosen ones first. Its size is bounded whatever the pipeline has.
 */
export function pipelineReport(library: PlotLibrary, pipeline: Pipeline, options: PipelineReportOptions): string {
  const { errorKey, cards: mostCards, data, description, footer } = options
  const figures = figuresOf(library)
  const explained = explainPipeline(pipeline, pipeline.entries, errorKey)
  const cards = modelCards(pipeline, explained, mostCards)
  const seed = typeof description.seed === 'number' ? description.seed : 0
  const sections = [
    ...(explained.length === 0
      ? []
      : [chosenSection(pipeline, explained), qualitySection(pipeline, explained, figures)]),
    residualsSection(pipeline, explained, data.datasets, { figures, seed }),
    curvesSection(pipeline, errorKey, figures),
    dataSection(data, figures),
    machinesSection(pipeline),
    ...(cards.length === 0
      ? []
      : [
          {
            id: 'cards',
            title: 'Model cards',
            body: html`${leftOut(explained.length, cards.length, 'models', 'the chosen ones of the most machines first; --cards shows more')}${cards.map((card) => cardHtml(card, pipeline.name))}`,
          },
        ]),
  ]
  return pageHtml({
    title: `Pipeline ${pipeline.name}`,
    lead: leadHtml(pipeline, description),
    sections: sections.flatMap((section) => section ?? []),
    footer,
  })
}

function leadHtml(pipeline: Pipeline, description: PipelineReportOptions['description']): Html {
  const { entries, nodeTypes, damaged, sources } = pipeline
  const trainers = new Set(entries.map(({ trainer }) => trainer))
  const groups = new Set(entries.map(({ folder }) => folder.featureGroup))
  const told = ['init_time', 'last_update_time', 'isolator', 'extractor', 'note'].flatMap((key) => {
    const value = description[key]
    return typeof value === 'string' && value !== ''
      ? [html`<dt>${key.replaceAll('_', ' ')}</dt><dd>${name(value, 200)}</dd>`]
      : []
  })
  return html`${factsHtml([
    ['models', entries.length],
    ['node types', nodeTypes.length],
    ['trainers', trainers.size],
    ['feature groups', groups.size],
  ])}
<p class="lead">Energy sources: ${sources.length === 0 ? 'none' : sources.map((source, i) => html`${i > 0 ? ', ' : ''}${name(source)}`)}.</p>
${damaged > 0 ? html`<p class="warning">${damaged} models are damaged and cannot be read; <code>kepler-model doctor</code> says more.</p>` : ''}
${description.demonstration === true ? html`<p class="warning">A demonstration: its watts are those of no real machine.</p>` : ''}
${entries.length === 0 ? html`<p class="warning">The pipeline has no models.</p>` : ''}
${told.length === 0 ? '' : html`<dl>${told}</dl>`}`
}
