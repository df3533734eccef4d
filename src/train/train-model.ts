import { toWeights } from '../archive/weights.js'
import { uncertaintyFile, writeUncertainty } from '../archive/uncertainty-json.js'
import { modelArchiveFiles, zipFiles } from '../archive/write-model-archive.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { formatModelName } from '../core/model-name.js'
import { correlation } from '../isolate/correlation.js'
import { columnOf } from '../numeric/matrix.js'
import { meanAbsoluteError, meanAbsolutePercentageError } from '../numeric/metrics.js'
import { seededRandom } from '../numeric/random.js'
import { shuffledSplit, takeRows, takeValues } from '../numeric/split.js'
import type { PowerModel } from '../predictor/power-model.js'
import { givesWeights, type TrainerName } from '../regression/trainers.js'
import { type CrossValidation, crossValidate, foldErrors } from './cross-validate.js'
import { fitComponents, fitScaler, predictComponent } from './fit-components.js'
import { timeBlocks, workloadFolds } from './folds.js'
import type { HeldOutRows } from './held-out-intervals.js'
import { type HeldOutFolds, heldOutNumbers } from './held-out-numbers.js'
import { checkPhysics } from './physics.js'
import { testedRows, trainingUncertainty } from './training-uncertainty.js'
import type { TrainingSet } from './training-set.js'

export interface TrainModelOptions {
  /** Decides the split and all else that is random. */
  readonly seed: number
  /** Also cross-validate, over blocks of time and over workloads, which takes several fits. */
  readonly crossValidation: boolean
  readonly machineSpec?: MachineSpec
  /** Validation rows that are not among the training rows. @default a shuffled tenth of the rows */
  readonly validation?: TrainingSet
  /** Further keys of `metadata.json`. */
  readonly notes?: Readonly<Record<string, number | string>>
}

/** A trained model as files, with its metadata. */
export interface TrainedModel {
  readonly name: string
  readonly trainer: TrainerName
  /** The keys of `metadata.json` but for those that describe the files. */
  readonly metadata: Readonly<Record<string, unknown>>
  readonly features: readonly string[]
  readonly files: readonly (readonly [name: string, content: string | Uint8Array])[]
  readonly zip: Uint8Array
  /** Weights JSON, of trainers whose models Kepler evaluates itself. */
  readonly weights?: string
}

/** Share of the test rows, as in the original. */
const testShare = 0.1
const blocks = 5
const maxWorkloads = 4

/**
 * Trains one model and measures its errors: on a shuffled tenth of the rows as the original does (`mae`, `mape`: the worst
 * of the components) or on the rows of `validation`, and by cross-validation.
 *
 * @throws ModelError when the trainer cannot learn from the rows
 */
export async function trainModel(
  set: TrainingSet,
  trainer: TrainerName,
  { seed, crossValidation, machineSpec, validation, notes }: TrainModelOptions,
): Promise<TrainedModel> {
  const split = validation ? undefined : shuffledSplit(set.x.rows, testShare, seededRandom(seed))
  const components = fitComponents(trainer, set, split?.train ?? everyRow(set), fitScaler(set.x), seed)
  const name = formatModelName({ trainer, nodeType: set.nodeType })
  const model: PowerModel = { name, features: set.features, components }

  const heldOut = crossValidation ? crossValidate(trainer, set, timeBlocks(set.timestamps, blocks), seed) : undefined
  const workload =
    crossValidation && set.workloads
      ? crossValidate(trainer, set, workloadFolds(set.workloads, maxWorkloads), seed)
      : undefined
  const tested = heldOut ? undefined : testedRows(components, validation ?? set, split?.test)
  const physics = checkPhysics(components, set)
  const metadata = {
    output_type: set.outputType,
    ...(validation ? errorMetrics(model, validation, everyRow(validation)) : errorMetrics(model, set, split!.test)),
    trainer,
    node_type: set.nodeType,
    ...(machineSpec && { machine_spec: machineSpec }),
    abs_max_corr: rounded(strongestCorrelation(set)),
    ...heldOutNumbers(trainer, set, physics, heldOutFolds(heldOut, workload, validation, tested)),
    ...(heldOut && worstErrors('cv', heldOut)),
    ...(workload && worstErrors('workload', workload)),
    rows: set.x.rows,
    feature_range: Object.fromEntries(set.features.map((feature, j) => [feature, rangeOf(columnOf(set.x, j))])),
    zero_load: mapValues(physics.zeroLoad, rounded),
    parts_above_package: rounded(physics.partsAbovePackage),
    ...notes,
    ...(heldOut && { cross_validation: detailsOf(heldOut) }),
    ...(workload && { left_out_workloads: detailsOf(workload) }),
  }
  const uncertainty = trainingUncertainty(set, { blocks: heldOut, workloads: workload }, tested)
  const files = new Map([...modelArchiveFiles(model, metadata), [uncertaintyFile, writeUncertainty(uncertainty)]])
  const weights = givesWeights(trainer) ? toWeights(model) : undefined
  return {
    name,
    trainer,
    metadata,
    features: set.features,
    files: [...files],
    zip: zipFiles(files),
    ...(weights && { weights: JSON.stringify(weights) }),
  }
}

/** The folds that errors are known of: none with a shuffled tenth, whose rows lie between rows that the model has seen. */
function heldOutFolds(
  heldOut: CrossValidation | undefined,
  workload: CrossValidation | undefined,
  validation: TrainingSet | undefined,
  tested: readonly HeldOutRows[] | undefined,
): HeldOutFolds | undefined {
  if (heldOut) return { time: heldOut.foldErrors, workloads: workload?.foldErrors ?? [] }
  if (!validation || !tested?.[0]) return undefined
  return { time: foldErrors(validation, tested, Math.max(...tested[0].fold) + 1), workloads: [] }
}

/** MAE and MAPE per component, and of the model the worst of them; -1 where no row has power above 0. */
function errorMetrics({ components }: PowerModel, set: TrainingSet, test: Int32Array): Record<string, number> {
  const x = takeRows(set.x, test)
  const mae: Record<string, number> = {}
  const mape: Record<string, number> = {}
  components.forEach((component, c) => {
    const actual = takeValues(set.targets[c]!.watts, test)
    const predicted = predictComponent(component, x)
    mae[`${component.component}_mae`] = rounded(meanAbsoluteError(actual, predicted))
    mape[`${component.component}_mape`] = rounded(meanAbsolutePercentageError(actual, predicted))
  })
  return { mae: Math.max(...Object.values(mae)), mape: Math.max(...Object.values(mape)), ...mae, ...mape }
}

function everyRow({ x }: TrainingSet): Int32Array {
  return Int32Array.from({ length: x.rows }, (_, row) => row)
}

/** The worst errors of any component, as flat keys that filters and rankings can use. */
function worstErrors(prefix: 'cv' | 'workload', { components }: CrossValidation): Record<string, number> {
  const worst = (key: 'mae' | 'mape') => Math.max(...components.map((component) => component[key]))
  return { [`${prefix}_mae`]: rounded(worst('mae')), [`${prefix}_mape`]: rounded(worst('mape')) }
}

function detailsOf({ folds, components }: CrossValidation) {
  return {
    folds,
    components: Object.fromEntries(
      components.map(({ component, mae, mape, rmse, r2, idleBias, interval90 }) => [
        component,
        mapValues({ mae, mape, rmse, r2, idle_bias: idleBias, interval_90: interval90 }, rounded),
      ]),
    ),
  }
}

function strongestCorrelation(set: TrainingSet): number {
  const watts = set.targets[0]?.watts ?? new Float64Array(set.x.rows)
  return set.features.reduce((best, _, j) => Math.max(best, Math.abs(correlation(columnOf(set.x, j), watts))), 0)
}

function rangeOf(values: Float64Array): readonly [number, number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))]
}

function mapValues<T extends object>(record: T, f: (value: number) => number): Record<string, number> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value)]))
}

/** Two decimals, as in the original's metadata. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
