import type { NodePower } from './power.js'
import type { RowClock } from './row-clock.js'
import type { Usage } from './usage.js'

/** Power and usage of a node on the rows of one clock. */
export interface MeasuredRows {
  readonly rows: RowClock
  readonly power: NodePower
  readonly usages: readonly Usage[]
  /** The rates of each of `usages` in the rows, added up over the node. */
  readonly rates: readonly Float64Array[]
}
