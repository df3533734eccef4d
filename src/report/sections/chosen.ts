import { trainerText } from '../../plot/charts/texts.js'
import type { Pipeline } from '../../registry/pipeline.js'
import type { ExplainedEntry } from '../../selection/explain-pipeline.js'
import { html, name } from '../html.js'
import type { Section } from '../page.js'
import { leftOut, tableHtml } from '../parts/table.js'

const mostRows = 60

/** Which model is chosen of each source, output type, feature group and node type, and why. */
export function chosenSection({ nodeTypes }: Pipeline, explained: readonly ExplainedEntry[]): Section {
  const members = new Map(nodeTypes.map(({ id, members: count }) => [id, count]))
  const chosen = explained
    .filter(({ rank }) => rank === 1)
    .sort((a, b) => (members.get(b.model.nodeType) ?? 0) - (members.get(a.model.nodeType) ?? 0))
  const rows = chosen.slice(0, mostRows).sort((a, b) => (a.model.folder.path < b.model.folder.path ? -1 : 1))
  return {
    id: 'chosen',
    title: 'Chosen models, and why',
    body: html`<p>Of the models of one source, output type, feature group and node type a server chooses one. Across feature groups it takes the best of those whose features the client measures.</p>
${leftOut(chosen.length, rows.length, 'choices', 'those of the most machines; kepler-model models --why lists all')}
${tableHtml(
  'Chosen models',
  [
    { title: 'Source' },
    { title: 'Output' },
    { title: 'Group' },
    { title: 'Node type', kind: 'number' },
    { title: 'Trainer' },
    { title: 'Why', kind: 'sentence' },
  ],
  rows.map(({ model: { folder, nodeType, trainer }, why }) => [
    name(folder.source),
    folder.outputType,
    name(folder.featureGroup),
    nodeType,
    name(trainerText(trainer)),
    why,
  ]),
)}`,
  }
}
