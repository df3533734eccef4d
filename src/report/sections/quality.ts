import { errorChart } from '../../plot/charts/error-chart.js'
import { metadataChart } from '../../plot/charts/metadata-chart.js'
import { trainerText } from '../../plot/charts/texts.js'
import { trainerErrors } from '../../plot/data/held-out-errors.js'
import { metadataErrors } from '../../plot/data/metadata-errors.js'
import { metadataNumber } from '../../registry/metadata-numbers.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import type { Pipeline } from '../../registry/pipeline.js'
import type { ExplainedEntry } from '../../selection/explain-pipeline.js'
import { heldOutOf } from '../../selection/held-out.js'
import { type Html, html, name } from '../html.js'
import type { Section } from '../page.js'
import type { Figures } from '../parts/figure.js'
import { leftOut, tableHtml, watts } from '../parts/table.js'

const mostRows = 200
/** Slots of one source and output type of which a picture still tells something. */
const mostSlots = 8

/** How good models are, by source, group and trainer: on what was held out, with the spread over the folds. */
export function qualitySection(pipeline: Pipeline, explained: readonly ExplainedEntry[], figures: Figures): Section {
  const kinds = new Map<string, ExplainedEntry[]>()
  for (const one of explained) {
    const { source, outputType } = one.model.folder
    const kind = `${source} · ${outputType}`
    kinds.set(kind, [...(kinds.get(kind) ?? []), one])
  }
  return {
    id: 'quality',
    title: 'Quality by source, group and trainer',
    body: html`
<p>Held out: watts that a model is off on blocks of time and on workloads that it was trained without, their mean with its standard error; servers choose by it. MAE and MAPE are those of the metadata: for models that were trained here, on a shuffled tenth of the rows, which flatters.</p>
${[...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, own]) => kindHtml(pipeline, kind, own, figures))}`,
  }
}

function kindHtml(pipeline: Pipeline, kind: string, explained: readonly ExplainedEntry[], figures: Figures): Html {
  const models = explained.map(({ model }) => model)
  const slots = trainerErrors(pipeline, models)
  const heldOut = slots.some(({ trainers }) => trainers.some(({ published }) => !published))
  const chart =
    heldOut && slots.length <= mostSlots
      ? errorChart(pipeline.name, slots)
      : metadataChart(pipeline.name, 'mae', metadataErrors(models, 'mae'))
  const rows = [...explained].sort((a, b) => a.rank - b.rank).slice(0, mostRows)
  const order = [...rows].sort((a, b) => placeOf(a.model).localeCompare(placeOf(b.model), 'en') || a.rank - b.rank)
  const number = { kind: 'number' } as const
  return html`<h3>${name(kind)}</h3>
${figures(chart)}
${leftOut(explained.length, rows.length, 'models', 'those that are chosen first; kepler-model models --why lists all')}
${tableHtml(
  `Models of ${kind}`,
  [
    { title: 'Group' },
    { title: 'Node type', ...number },
    { title: 'Rank', ...number },
    { title: 'Trainer' },
    { title: 'Held out (W)', ...number },
    { title: 'Folds (W)', ...number },
    { title: 'MAE (W)', ...number },
    { title: 'MAPE (%)', ...number },
    { title: 'Why', kind: 'sentence' },
  ],
  order.map(({ model, rank, why }) => {
    const { error, standardError, folds } = heldOutOf(model.numbers)
    const all = folds.flat()
    return [
      name(model.folder.featureGroup),
      model.nodeType,
      rank,
      rank === 1
        ? html`<span class="chosen">${name(trainerText(model.trainer))}</span>`
        : name(trainerText(model.trainer)),
      error === undefined ? '–' : `${watts(error)} ± ${watts(standardError)}`,
      all.length === 0 ? '–' : `${watts(Math.min(...all))} to ${watts(Math.max(...all))}`,
      watts(metadataNumber(model.numbers, 'mae')),
      watts(metadataNumber(model.numbers, 'mape')),
      why,
    ]
  }),
)}`
}

function placeOf({ folder, nodeType }: ModelEntry): string {
  return `${folder.path} ${String(nodeType).padStart(9, '0')}`
}
