import type { ModelArchive } from '../../archive/read-model-archive.js'
import { mainFeature } from '../../core/main-feature.js'
import type { Dataset } from '../../extract/dataset.js'
import { columnOf } from '../../numeric/matrix.js'
import { regressionMetrics } from '../../numeric/metrics.js'
import { takeValues } from '../../numeric/split.js'
import type { EstimatedPower } from '../../plot/data/estimated-power.js'
import { gapsIn } from '../../plot/data/gaps.js'
import type { ModelLabel } from '../../plot/data/model-label.js'
import { intervalAround } from '../../predictor/uncertainty.js'
import { trainerNamed } from '../../regression/trainers.js'
import { crossValidate } from '../../train/cross-validate.js'
import { timeBlocks } from '../../train/folds.js'
import { subsampled, trainingSets } from '../../train/training-set.js'
import { isFeatureGroup } from '../../core/feature-group.js'

/** Rows that models are trained on again: enough for a picture, and few enough for the slowest trainer. */
const mostRows = 1500
const blocks = 5

/**
 * What a model of this kind estimates of rows that it has not seen: the trainer is fitted anew without each block of time,
 * and estimates it. `undefined` where the trainer is not known or the rows are too few.
 *
 * @param model which trainer, of which node type, and the seed that it was trained with
 * @throws ModelError as the regressor's `fit`
 */
export function heldOutPower(
  label: ModelLabel,
  model: { readonly trainer: string; readonly featureGroup: string; readonly nodeType: number; readonly seed: number },
  archive: ModelArchive,
  dataset: Dataset,
): EstimatedPower | undefined {
  const trainer = trainerNamed(model.trainer)
  const { featureGroup } = model
  if (trainer === undefined || !isFeatureGroup(featureGroup)) return undefined
  const whole = trainingSets(dataset, featureGroup).find(({ nodeType }) => nodeType === model.nodeType)
  if (whole === undefined) return undefined
  const set = subsampled(whole, mostRows)
  const splits = timeBlocks(set.timestamps, blocks)
  const validated = crossValidate(trainer, set, splits, model.seed)
  if (validated === undefined) return undefined
  const rows = Int32Array.from(splits.flatMap(({ test }) => [...test]))
  const times = [...takeValues(set.timestamps, rows)]
  const column = mainFeature(set.features, 'package') ?? 0
  const { components: uncertain, coverage, method } = archive.uncertainty
  // Whatever the model served with, the table in the archive is of blocks that were left out.
  const heldOutTable = method !== 'published error' && method !== 'held-out rows'
  return {
    ...label,
    times,
    components: validated.components.map(({ component, rows: heldOut }) => {
      const [measured, estimated] = [[...heldOut.actual], [...heldOut.predicted]]
      const known = heldOutTable ? uncertain[component] : undefined
      const band = known && intervalAround(estimated, known, new Float64Array(estimated.length))
      return {
        component,
        ...regressionMetrics(measured, estimated),
        measured,
        estimated,
        ...(band && {
          ...band,
          within:
            measured.filter((watts, i) => watts >= band.lower[i]! && watts <= band.upper[i]!).length / measured.length,
        }),
      }
    }),
    load: { feature: set.features[column] ?? '', values: [...takeValues(columnOf(set.x, column), rows)] },
    coverage,
    method: 'held-out blocks',
    outside: 0,
    gaps: gapsIn(times),
    findings: [],
  }
}
