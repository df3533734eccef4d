import type { EnergySource } from '../core/energy-source.js'
import { type OutputType, outputTypes } from '../core/output-type.js'
import type { NodeType } from '../machine/node-type-index.js'
import { wholeNumbers } from '../machine/spec.js'
import { metadataNumber } from '../registry/metadata-numbers.js'
import { type ModelEntry, modelPath } from '../registry/model-entry.js'
import { createModelOrder, type ModelOrder } from '../selection/model-order.js'
import { markdownTable, markdownText } from './markdown.js'

/** The sources that every report of the model database has a section of. */
const reportedSources: readonly EnergySource[] = [
  'acpi',
  'hmc',
  'rapl-msr',
  'rapl-sysfs',
  'redfish',
  'trained_power_model',
]

/** The two ways in which Kepler uses a model: it evaluates weights itself, or asks an estimator that has the archive. */
const ways = [
  { title: 'With local estimator', ending: 'json' },
  { title: 'With sidecar estimator', ending: 'zip' },
] as const

/**
 * `error_report/node_type_<n>.md`: of each source, output type and feature group the model that a server chooses for
 * machines of this type, with its errors and where it is.
 *
 * @param url where the pipeline's folder will be
 */
export function errorReport({ id, spec }: NodeType, exported: readonly ModelEntry[], url: string): string {
  const own = exported.filter(({ nodeType }) => nodeType === id)
  const sources = [...new Set([...reportedSources, ...own.map(({ folder }) => folder.source)])].sort()
  const order = createModelOrder<ModelEntry>('mae')
  const { processor, cores, chips, memory, frequency } = wholeNumbers(spec)
  return `${[
    `# Validation results on node type ${id}`,
    markdownTable(
      ['processor', 'cores', 'chips', 'memory', 'frequency'],
      [[markdownText(processor), cores, chips, memory, frequency]],
    ),
    ...ways.map(({ title }) => `[${title}](#${title.toLowerCase().replaceAll(' ', '-')})`),
    ...ways.flatMap(({ title, ending }) => {
      const usable = ending === 'json' ? own.filter(({ weights }) => weights !== undefined) : own
      return [
        `## ${title}`,
        ...sources.flatMap((source) =>
          outputTypes.flatMap((outputType) => [
            `### ${source} ${outputType} model`,
            bestModels(order, usable, { source, outputType }, (entry) => `${url}/${modelPath(entry)}.${ending}`),
          ]),
        ),
      ]
    }),
  ].join('\n\n')}\n`
}

function bestModels(
  order: ModelOrder<ModelEntry>,
  models: readonly ModelEntry[],
  { source, outputType }: { readonly source: EnergySource; readonly outputType: OutputType },
  urlOf: (entry: ModelEntry) => string,
): string {
  const groups = new Map<string, ModelEntry[]>()
  for (const model of models) {
    const { folder } = model
    if (folder.source !== source || folder.outputType !== outputType) continue
    groups.set(folder.featureGroup, [...(groups.get(folder.featureGroup) ?? []), model])
  }
  const rows = [...groups].flatMap(([group, competing]) => {
    const best = order.best(competing)
    if (best === undefined) return []
    return [[group, best.name, shown(best, 'mae', 2), shown(best, 'mape', 1), urlOf(best)]]
  })
  if (rows.length === 0) return 'No model available'
  return markdownTable(['Feature group', 'Model name', 'MAE', 'MAPE (%)', 'URL'], rows)
}

function shown({ numbers }: ModelEntry, key: string, digits: number): string {
  return metadataNumber(numbers, key)?.toFixed(digits) ?? '-'
}
