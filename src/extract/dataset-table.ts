import { componentsOf, type EnergySource, isComponent } from '../core/energy-source.js'
import { ModelError, quote } from '../core/errors.js'
import type { OutputType } from '../core/output-type.js'
import { type Column, numbersOf, type Table, table } from '../table/table.js'
import type { Dataset, FeatureColumn, PowerColumn, RatioColumn } from './dataset.js'

/** Columns of dataset files that hold text, and the nameless index that the original writes. */
export const datasetCsvOptions = { text: new Set(['id']), ignore: new Set(['']) } as const

/** The columns of a dataset file, as the field names them and in its order. */
export function datasetTable(dataset: Dataset): Table {
  const columns: Column[] = [{ name: 'timestamp', values: dataset.timestamps }]
  if (dataset.containerIds) columns.push({ name: 'id', values: dataset.containerIds })
  columns.push(...dataset.features, ...dataset.powers)
  columns.push({ name: 'node_type', values: dataset.nodeTypes }, ...dataset.ratios)
  return table(columns)
}

export interface TableMeaning {
  readonly source: EnergySource
  readonly outputType: OutputType
}

const powerName = /^(?:package_(.+?)_)?([a-z]+)_power$/

/**
 * The dataset that a file holds: powers, ratios and node types are known by their names, what remains are features.
 *
 * @throws ModelError `INVALID_DATA` when the timestamp, every feature or every component of the source is missing
 */
export function datasetFromTable(from: Table, { source, outputType }: TableMeaning): Dataset {
  const timestamps = numbersOf(from, 'timestamp')
  const features: FeatureColumn[] = []
  const powers: PowerColumn[] = []
  const ratios: RatioColumn[] = []
  let nodeTypes = new Int32Array(from.rows)
  let containerIds: readonly string[] | undefined
  for (const { name, values } of from.columns) {
    if (name === 'timestamp') continue
    if (!(values instanceof Float64Array)) {
      if (name === 'id' && Array.isArray(values)) containerIds = values
      continue
    }
    const power = powerName.exec(name)
    const component = power?.[2]
    if (name === 'node_type') nodeTypes = Int32Array.from(values)
    else if (name.startsWith('packge_ratio_')) ratios.push({ name, unit: name.slice('packge_ratio_'.length), values })
    else if (component !== undefined && isComponent(component)) {
      const unit = power?.[1]
      powers.push({ name, component, ...(unit !== undefined && { unit }), values })
    } else features.push({ name, values })
  }
  const wanted = componentsOf(source)
  const own = wanted.flatMap((component) => powers.filter((power) => power.component === component))
  if (own.length === 0) {
    const there = powers.map(({ name }) => name).join(', ') || 'none'
    throw new ModelError(
      'INVALID_DATA',
      `no power of ${wanted.join(', ')} for source ${quote(source)}; power columns: ${there}`,
    )
  }
  if (features.length === 0) throw new ModelError('INVALID_DATA', 'the table has no feature columns')
  return {
    source,
    outputType,
    rows: from.rows,
    timestamps,
    ...(containerIds && { containerIds }),
    features,
    powers: own,
    ratios,
    nodeTypes,
  }
}
