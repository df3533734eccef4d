import type { Pipeline } from '../../registry/pipeline.js'
import { html, name } from '../html.js'
import type { Section } from '../page.js'
import { leftOut, tableHtml } from '../parts/table.js'

const mostTypes = 50

/** The machines that models were trained on, those that were measured most first. */
export function machinesSection({ nodeTypes, entries }: Pipeline): Section {
  const models = new Map<number, number>()
  for (const { nodeType } of entries) models.set(nodeType, (models.get(nodeType) ?? 0) + 1)
  const sorted = [...nodeTypes].sort((a, b) => b.members - a.members || a.id - b.id)
  const right = { kind: 'number' } as const
  return {
    id: 'machines',
    title: 'Machines',
    body:
      nodeTypes.length === 0
        ? html`<p>The pipeline does not say which machines its models were trained on.</p>`
        : html`
${leftOut(sorted.length, Math.min(mostTypes, sorted.length), 'node types', 'those with the most machines')}
${tableHtml(
  'Node types',
  [
    { title: 'Node type', ...right },
    { title: 'Processor' },
    { title: 'Cores', ...right },
    { title: 'Sockets', ...right },
    { title: 'Memory (GB)', ...right },
    { title: 'MHz', ...right },
    { title: 'Machines', ...right },
    { title: 'Models', ...right },
  ],
  sorted
    .slice(0, mostTypes)
    .map(({ id, spec, members }) => [
      id,
      spec.processor === undefined ? '–' : name(spec.processor),
      spec.cores ?? '–',
      spec.chips ?? '–',
      spec.memory ?? '–',
      spec.frequency ?? '–',
      members,
      models.get(id) ?? 0,
    ]),
)}`,
  }
}
