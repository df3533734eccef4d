import { covers, type FeatureGroup } from '../../core/feature-group.js'
import type { Dataset } from '../../extract/dataset.js'
import { rowsByNodeType, type TrainingSet } from '../../train/training-set.js'
import { withOtherNames } from '../../vocabulary/feature-aliases.js'
import type { MachineData } from './datasets.js'
import { windowSinceDrift } from './drift.js'
import { meanPower, rowErrors } from './measure.js'
import type { ServedModel, ServedPipeline } from './served.js'

/** The times at which a machine was as it is now. */
export interface CurrentWindow {
  /** Unix seconds since which the served model has drifted; `undefined` without a drift. */
  readonly driftingSince: number | undefined
  isCurrent(time: number): boolean
}

/** An error below this share of the mean power is never a drift. */
const minAllowance = 0.1
/** The error may be this many times the model's published error on held-out data. */
const toleranceFactor = 3

/** The error of a row, as a share of the mean power, that is normal for a model that was published with this error. */
export function normalError(published: ServedModel['published']): number {
  return Math.max(minAllowance, (toleranceFactor * (published?.percent ?? 0)) / 100)
}

const allIsCurrent: CurrentWindow = { driftingSince: undefined, isCurrent: () => true }

/** Found with the best served AbsPower model whose features the machine measures; without one all times are current. */
export function currentWindowOf({ source, node }: MachineData, served: ServedPipeline | undefined): CurrentWindow {
  if (served === undefined) return allIsCurrent
  for (const [group, dataset] of node) {
    const chosen = usable(served, source, group, dataset)
    if (chosen === undefined) continue
    const { model, set } = chosen
    const power = meanPower(set)
    const predicted = power > 0 ? model.watts(set) : undefined
    if (predicted === undefined) continue
    const errors = rowErrors(set, predicted).map((watts) => watts / power)
    const { drifting, since, current } = windowSinceDrift(errors, normalError(model.published))
    const off = set.timestamps.filter((_, row) => !current[row])
    return windowFrom(drifting ? set.timestamps[since] : undefined, off)
  }
  return allIsCurrent
}

/**
 * A function of its own, so that what is kept of a machine is this and not its rows.
 *
 * @param off times that are not current, ascending
 */
function windowFrom(driftingSince: number | undefined, off: Float64Array): CurrentWindow {
  // Datasets of other feature groups may have times that this one lacks.
  const isCurrent = (time: number) => !has(off, time) && (driftingSince === undefined || time >= driftingSince)
  return { driftingSince, isCurrent }
}

/** Whether a number is in an ascending list: of a thousand machines such lists take a fifth of what sets do. */
function has(ascending: Float64Array, value: number): boolean {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ascending[middle]! < value) low = middle + 1
    else high = middle
  }
  return ascending[low] === value
}

function usable(
  served: ServedPipeline,
  source: MachineData['source'],
  group: FeatureGroup,
  dataset: Dataset,
): { model: ServedModel; set: TrainingSet } | undefined {
  for (const set of rowsByNodeType(dataset, group)) {
    const measured = withOtherNames(set.features)
    const model = served.ofNode(source, set.nodeType).find(({ features }) => covers(measured, features))
    if (model) return { model, set }
  }
  return undefined
}
