import { counted } from '../../core/counted.js'
import { mainFeature } from '../../core/main-feature.js'
import { metadataNumbersOf } from '../../registry/metadata-numbers.js'
import { type ExplainedModel, explainChoice } from '../../selection/explain-choice.js'
import { createModelOrder, type ModelOrder, type Rankable } from '../../selection/model-order.js'
import type { PlacedModel } from '../../train/pipeline-files.js'
import type { TrainedPipeline } from '../../train/train-pipeline.js'
import { type CliIo, writeJson, writeLines, writeNotes } from '../terminal/io.js'
import { type TableOptions, writeTable } from '../terminal/table.js'

/** The order of the report: that in which servers choose, or that of one error alone. */
export const ranks = ['held-out', 'mae', 'cv', 'workload'] as const
export type Rank = (typeof ranks)[number]

/** The metadata keys of each other rank; the first that a model has is used, since not all data has several workloads. */
const keysOf: Readonly<Record<Exclude<Rank, 'held-out'>, readonly string[]>> = {
  mae: ['mae'],
  cv: ['cv_mae', 'mae'],
  workload: ['workload_mae', 'cv_mae', 'mae'],
}

export interface ReportOptions extends TableOptions {
  readonly rankBy: Rank
  readonly all?: boolean
  readonly json?: boolean
}

interface ReportedModel extends Rankable {
  readonly placed: PlacedModel
}

/** The models of one source, output type, feature group and node type, the best first. */
type ReportedGroup = readonly ExplainedModel<ReportedModel>[]

/** Reports the best model of each source, output type, feature group and node type, or all of them. */
export function writeTrainReport(io: CliIo, pipeline: TrainedPipeline, options: ReportOptions): void {
  const { rankBy, all, json } = options
  const order = createModelOrder<ReportedModel>()
  const groups = groupsOf(pipeline.models).map((models) => explained(order, models, rankBy))
  const best = groups.map((group) => group[0]!)
  warnOfOverfitting(
    io,
    best.map(({ model }) => model.placed),
  )
  if (json) {
    writeJson(io.stdout, {
      pipeline: pipeline.name,
      folder: pipeline.folder,
      zip: pipeline.zip,
      rank_by: rankBy,
      best: best.map(({ model, why }) => ({ ...asJson(model.placed), why })),
      models: pipeline.models.map(asJson),
      failures: pipeline.failures,
    })
    return
  }
  const shown = all ? groups.flat() : best
  writeTable(
    io.stdout,
    [
      { title: 'SOURCE' },
      { title: 'OUTPUT' },
      { title: 'GROUP' },
      { title: all ? 'MODEL' : 'BEST MODEL' },
      { title: 'MAE', ...right },
      { title: 'MAPE', ...right, importance: 4 },
      { title: 'CV MAE', ...right, importance: 5 },
      { title: 'CV MAPE', ...right, importance: 1 },
      { title: 'WORKLOAD MAE', ...right, importance: 3 },
      { title: 'ZERO LOAD', ...right, importance: 2 },
      { title: 'HELD OUT', ...right },
      { title: 'FOLDS', ...right, importance: 6 },
    ],
    shown.map(({ model }) => {
      const { set, model: trained } = model.placed
      const { metadata } = trained
      return [
        set.source,
        set.outputType,
        set.group,
        trained.name,
        ...['mae', 'mape', 'cv_mae', 'cv_mape', 'workload_mae'].map((key) => decimal(metadata[key])),
        decimal(zeroLoad(metadata.zero_load)),
        spread(metadata.held_out_mae, metadata.held_out_se),
        foldRange(order.heldOut(model).folds.flat()),
      ]
    }),
    options,
  )
  writeNotes(io, [
    '',
    'HELD OUT: watts off on blocks of time and on workloads that were left out, ± a',
    'standard error; servers choose by it. FOLDS: the best and the worst of them.',
    'MAE in watts, MAPE in percent, of the worst component: on a shuffled tenth of',
    'the rows, with blocks of time left out (CV), with whole workloads left out.',
    'ZERO LOAD: the watts that the model predicts without usage.',
    ...missing(shown.map(({ model }) => model.placed)),
    '',
    ...groups.map(([first]) => `${first!.model.placed.folder}/${first!.model.placed.model.name}: ${first!.why}`),
    ...sameCurves(pipeline.models),
    '',
    `${counted(pipeline.models.length, 'model')} written to ${pipeline.folder} and ${pipeline.zip}`,
  ])
}

const right = { align: 'right' } as const

/** Writes what could not be trained to stderr. */
export function warnOfFailures(io: CliIo, failures: readonly { readonly what: string; readonly why: string }[]): void {
  writeLines(
    io.stderr,
    failures.map(({ what, why }) => `warning: ${what}: ${why}`),
  )
}

function groupsOf(models: readonly PlacedModel[]): readonly (readonly ReportedModel[])[] {
  const groups = new Map<string, ReportedModel[]>()
  for (const placed of models) {
    const { trainer, features, metadata } = placed.model
    const nodeType = Number(metadata.node_type)
    const key = `${placed.folder} ${nodeType}`
    const reported = { placed, trainer, nodeType, features, numbers: metadataNumbersOf(metadata, (keys) => keys) }
    groups.set(key, [...(groups.get(key) ?? []), reported])
  }
  return [...groups.values()]
}

function explained(order: ModelOrder<ReportedModel>, models: readonly ReportedModel[], rankBy: Rank): ReportedGroup {
  const inOrder = explainChoice(order, models, ({ placed }) => placed.model.name)
  if (rankBy === 'held-out') return inOrder
  const error = ({ model }: ExplainedModel<ReportedModel>) => errorOf(model.placed, keysOf[rankBy])
  return inOrder.toSorted((a, b) => error(a) - error(b))
}

function errorOf({ model }: PlacedModel, keys: readonly string[]): number {
  for (const key of keys) {
    const value = model.metadata[key]
    if (typeof value === 'number' && value >= 0) return value
  }
  return Number.POSITIVE_INFINITY
}

/** Why a figure is `-`, one line for each that is. */
function missing(shown: readonly PlacedModel[]): readonly string[] {
  const lacks = (key: string) => shown.some(({ model }) => !(Number(model.metadata[key] ?? -1) >= 0))
  const reasons = [
    ...(lacks('cv_mae')
      ? ['HELD OUT, CV MAE: nothing was held out by time, because of --fast or too few rows']
      : lacks('workload_mae')
        ? ['WORKLOAD MAE: fewer than two workloads can be told apart in the data']
        : []),
    ...(lacks('mape') ? ['MAPE: no test row has power above 0'] : []),
  ]
  return reasons.map((reason) => `-  ${reason}.`)
}

/** A curve fit sees one column, so feature groups that list the same column train the same curve. */
function sameCurves(models: readonly PlacedModel[]): readonly string[] {
  const groups = new Map<string, Set<string>>()
  for (const { set, model } of models) {
    if (!/^(Exponential|Logarithmic|Logistic)/.test(model.trainer)) continue
    const columns = (['package', 'dram'] as const).map(
      (component) => model.features[mainFeature(model.features, component) ?? 0],
    )
    const key = `${columns[0]}${columns[1] === columns[0] ? '' : ` (dram: ${columns[1]})`}`
    groups.set(key, (groups.get(key) ?? new Set<string>()).add(set.group))
  }
  return [...groups].flatMap(([column, names]) =>
    names.size < 2
      ? []
      : [`The curve fits of ${[...names].join(', ')} are the same models: a curve sees one column, ${column}.`],
  )
}

/** A model overfits when its cross-validated error is this many times its `mae`, and a watt more. */
const overfittingRatio = 5

/** Warns of the best models that overfit, which happens where no trainer does better. */
function warnOfOverfitting(io: CliIo, best: readonly PlacedModel[]): void {
  const lines = best.flatMap(({ folder, model: { name, metadata } }) => {
    const [mae, unseen] = [
      Number(metadata.mae),
      Math.max(Number(metadata.cv_mae ?? 0), Number(metadata.workload_mae ?? 0)),
    ]
    if (!(unseen > overfittingRatio * mae + 1)) return []
    return [
      `warning: ${folder}/${name} overfits: MAE ${decimal(mae)} W on its test rows, but ${decimal(unseen)} W on data left out`,
    ]
  })
  if (lines.length > 0) lines.push('Train on more and more varied data, or with other trainers.')
  writeLines(io.stderr, lines)
}

function asJson({ folder, model }: PlacedModel) {
  return { path: `${folder}/${model.name}`, model_name: model.name, features: model.features, ...model.metadata }
}

function spread(error: unknown, standardError: unknown): string {
  const text = decimal(error)
  return text === '-' || typeof standardError !== 'number' ? text : `${text} ± ${decimal(standardError)}`
}

function foldRange(errors: readonly number[]): string {
  return errors.length === 0 ? '-' : `${decimal(Math.min(...errors))} to ${decimal(Math.max(...errors))}`
}

function decimal(value: unknown): string {
  if (typeof value !== 'number' || value < 0) return '-'
  return value < 1e6 ? value.toFixed(2) : value.toExponential(1)
}

/** The zero-load watts of the package or the platform, which are the first keys. */
function zeroLoad(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.values(value)[0] : undefined
}
