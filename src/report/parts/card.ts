import { featureText, isoText, methodTexts } from '../../plot/charts/texts.js'
import type { ModelCard } from '../data/model-card.js'
import { type Html, html, name } from '../html.js'
import { watts } from './table.js'

const mostInputs = 12

/** What one should know of a model before using it: data, machine, errors, limits, and how to use it. */
export function cardHtml(card: ModelCard, pipeline: string): Html {
  const { entry, rank, why, machine, members, archive, unreadable, heldOut } = card
  const { folder, trainer, nodeType, features } = entry
  const facts: readonly (readonly [string, Html | string | undefined])[] = [
    ['Estimates', estimates(card)],
    [
      'From',
      html`${features.slice(0, mostInputs).map((feature, i) => html`${i > 0 ? ', ' : ''}${name(featureText(feature), 40)}`)}${features.length > mostInputs ? `, and ${features.length - mostInputs} more` : ''}`,
    ],
    ['Trained by', name(trainer)],
    ['Machine', machineText(nodeType, machine, members)],
    ['Data', dataText(card)],
    ['Errors', errorText(card)],
    ['How sure', archive && sureText(archive)],
    ['Range', archive && rangeText(archive)],
    ['Limits', limitText(card)],
    ['Cannot be read', unreadable === undefined ? undefined : name(unreadable, 300)],
  ]
  return html`<article>
<h3>${rank === 1 ? 'Chosen: ' : ''}${name(folder.path, 80)}/${name(entry.name, 60)}</h3>
<p>${rank === 1 ? '' : `Rank ${rank} of its kind. `}${why.charAt(0).toUpperCase()}${why.slice(1)}.</p>
<dl>${facts.flatMap(([title, text]) =>
    text === undefined || text === ''
      ? []
      : [
          html`<dt>${title}</dt><dd>${text}</dd>
`,
        ],
  )}</dl>
${heldOut.unfit === undefined ? '' : html`<p class="warning">Not to be used while another can be: ${heldOut.unfit}.</p>`}
${usage(card, pipeline)}
</article>
`
}

function estimates({ entry, archive }: ModelCard): string {
  const what =
    entry.folder.outputType === 'AbsPower'
      ? 'power of a whole node, idle included'
      : 'power above idle and background, of containers and processes'
  return `${archive ? `${archive.components.join(', ')}: ` : ''}${what} (${entry.folder.outputType}), as ${entry.folder.source} measures it, in watts`
}

function machineText(nodeType: number, machine: ModelCard['machine'], members: number): Html {
  const { processor, cores, chips, memory, frequency } = machine ?? {}
  const parts = [
    cores === undefined ? undefined : `${cores} cores`,
    chips === undefined ? undefined : `${chips} sockets`,
    memory === undefined ? undefined : `${memory} GB`,
    frequency === undefined ? undefined : `${frequency} MHz`,
  ].filter((part) => part !== undefined)
  const known = processor === undefined ? html`nobody says which` : name(processor)
  return html`${known}${parts.length > 0 ? `, ${parts.join(', ')}` : ''} (node type ${nodeType}${members > 0 ? `, ${members} measured` : ''})`
}

function dataText({ rows, dataFrom, dataUntil }: ModelCard): string {
  const time =
    dataFrom === undefined ? '' : `${isoText(dataFrom)} to ${dataUntil === undefined ? '?' : isoText(dataUntil)} UTC`
  return (
    [rows === undefined ? '' : `${rows} rows`, time].filter((part) => part !== '').join(', ') ||
    'the archive does not say'
  )
}

function errorText({ heldOut, mae, mape }: ModelCard): string {
  const spread = (folds: readonly number[], of: string) =>
    folds.length === 0
      ? []
      : [`${watts(Math.min(...folds))} to ${watts(Math.max(...folds))} W on ${folds.length} ${of}`]
  const [time = [], workloads = []] = heldOut.folds
  const own = [
    ...(heldOut.error === undefined ? [] : [`held out ${watts(heldOut.error)} ± ${watts(heldOut.standardError)} W`]),
    ...spread(time, 'blocks of time left out'),
    ...spread(workloads, 'workloads left out'),
  ]
  const said = `mae ${watts(mae)} W, mape ${watts(mape)} % in the metadata`
  return own.length > 0
    ? `${own.join('; ')}; ${said}, on a shuffled tenth of the rows`
    : `${said}; nothing was held out that we know of`
}

function sureText({ coverage, method, halfWidths }: NonNullable<ModelCard['archive']>): string {
  const widths = halfWidths.map(({ component, watts: half }) => `${component} ± ${watts(half)} W`).join(', ')
  const percent = `${Math.round(100 * coverage)} % of measurements`
  if (method === 'quantile forest') return `an interval for each input that ${percent} lie in: ${methodTexts[method]}`
  if (widths === '') return 'it does not say'
  return `${percent} lie within ${widths} in the middle of its range: ${methodTexts[method]}`
}

function rangeText({ inputs }: NonNullable<ModelCard['archive']>): Html | undefined {
  if (inputs.length === 0) return undefined
  return html`${inputs.slice(0, mostInputs).map(({ feature, lower, upper }, i) => html`${i > 0 ? '; ' : ''}${name(feature, 40)} ${short(lower)} to ${short(upper)}`)}`
}

function limitText({ entry, heldOut, machine }: ModelCard): string {
  return [
    'Outside its range of usage, estimates are marked and intervals widen.',
    machine?.processor === undefined
      ? 'It is not known for which machines it is right.'
      : 'It is right for machines of its kind; for others only as far as they resemble it.',
    heldOut.error === undefined ? 'How it errs on new workloads was not measured.' : '',
    entry.weights === undefined ? 'Kepler cannot evaluate it itself: it has no weights.' : '',
  ]
    .filter((text) => text !== '')
    .join(' ')
}

/** Commands only with names that a shell takes as they are. */
const plain = /^[\w.:@-]+$/

function usage({ entry, machine }: ModelCard, pipeline: string): Html {
  const { folder, trainer, nodeType, features } = entry
  const names = [pipeline, trainer, folder.source, folder.featureGroup, ...features, machine?.processor ?? '']
  if (!names.every((one) => one === '' || plain.test(one))) return html``
  const request = {
    metrics: features,
    output_type: folder.outputType,
    source: folder.source,
    node_type: nodeType,
    trainer_name: trainer,
    pipeline_name: pipeline,
  }
  return html`<pre>curl -s localhost:8100/model -o model.zip -d '${JSON.stringify(request)}'
kepler-model predict model.zip --rows rows.csv   # under a line of names: ${features.join(',')}</pre>`
}

function short(value: number): string {
  return Math.abs(value) >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(4)))
}
