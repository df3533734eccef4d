import type { ExplainedEntry } from '../../selection/explain-pipeline.js'
import type { Output } from '../terminal/io.js'
import { type TableOptions, writeTable } from '../terminal/table.js'

/** The order in which models are chosen, with the reason for each. */
export function writeWhy(output: Output, explained: readonly ExplainedEntry[], options: TableOptions): void {
  writeTable(
    output,
    [
      { title: 'SOURCE' },
      { title: 'OUTPUT' },
      { title: 'GROUP' },
      { title: 'RANK', align: 'right' },
      { title: 'MODEL' },
      { title: 'WHY', wrap: true },
    ],
    explained.map(({ model: { name, folder }, rank, why }) => [
      folder.source,
      folder.outputType,
      folder.featureGroup,
      rank,
      name,
      why,
    ]),
    options,
  )
}
