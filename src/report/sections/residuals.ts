import { readModelArchive } from '../../archive/read-model-archive.js'
import { messageOf } from '../../core/errors.js'
import { estimateChart } from '../../plot/charts/estimate-chart.js'
import { residualChart } from '../../plot/charts/residual-chart.js'
import { modelLabel } from '../../plot/data/model-label.js'
import { residualsOf } from '../../plot/data/residuals.js'
import { readArchive } from '../../registry/model-files.js'
import type { Pipeline } from '../../registry/pipeline.js'
import type { ExplainedEntry } from '../../selection/explain-pipeline.js'
import { heldOutOf } from '../../selection/held-out.js'
import { heldOutPower } from '../data/held-out-power.js'
import { type Html, html, name } from '../html.js'
import type { Section } from '../page.js'
import type { Figures } from '../parts/figure.js'
import type { ReportDataset } from './data.js'

const mostKinds = 6

/** What the chosen model of each source and output type estimates of rows that were held out, and how far it is off. */
export function residualsSection(
  pipeline: Pipeline,
  explained: readonly ExplainedEntry[],
  datasets: readonly ReportDataset[],
  { figures, seed }: { readonly figures: Figures; readonly seed: number },
): Section | undefined {
  const kinds = [...new Set(explained.map(({ model }) => kindOf(model)))].sort()
  const parts = kinds.slice(0, mostKinds).flatMap((kind): readonly Html[] => {
    const chosen = explained.filter(({ model, rank }) => rank === 1 && kindOf(model) === kind)
    const best = chosen
      .filter(({ model }) => datasetOf(datasets, model) !== undefined)
      .sort((a, b) => errorOf(a) - errorOf(b))[0]
    if (best === undefined) return []
    return [residualsHtml(pipeline, best, datasets, seed, figures)]
  })
  if (parts.length === 0) return undefined
  return {
    id: 'residuals',
    title: 'Measured, estimated, and the difference',
    body: html`<p>The chosen model of the best feature group, as it estimates rows that it has not seen: its trainer was fitted anew without each of five blocks of time, and estimated that block.</p>${parts}`,
  }
}

function residualsHtml(
  pipeline: Pipeline,
  { model }: ExplainedEntry,
  datasets: readonly ReportDataset[],
  seed: number,
  figures: Figures,
): Html {
  const { folder, trainer, nodeType } = model
  const title = html`<h3>${name(kindOf(model))}: ${name(folder.featureGroup)}, ${name(trainer)}</h3>`
  const found = datasetOf(datasets, model)
  if (found === undefined) return html``
  try {
    const archive = readModelArchive(readArchive(pipeline.store, model, pipeline.specOf(nodeType)))
    const { featureGroup } = folder
    const what = { trainer, featureGroup, nodeType, seed }
    const held = heldOutPower(modelLabel(pipeline, model), what, archive, found.dataset)
    if (held === undefined) return html`${title}<p>Too few rows to hold some of them out.</p>`
    return html`${title}${figures(estimateChart(held))}${figures(residualChart(residualsOf(held, true)))}`
  } catch (error) {
    return html`${title}<p>It cannot be shown: ${messageOf(error)}</p>`
  }
}

function datasetOf(datasets: readonly ReportDataset[], { folder }: ExplainedEntry['model']): ReportDataset | undefined {
  return datasets.find(
    ({ source, outputType, featureGroup }) =>
      source === folder.source && outputType === folder.outputType && featureGroup === folder.featureGroup,
  )
}

function kindOf({ folder }: ExplainedEntry['model']): string {
  return `${folder.source} · ${folder.outputType}`
}

function errorOf({ model }: ExplainedEntry): number {
  return heldOutOf(model.numbers).error ?? Number.POSITIVE_INFINITY
}
