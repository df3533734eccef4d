import type { PlacedModel } from '../../train/pipeline-files.js'
import type { TrainedPipeline } from '../../train/train-pipeline.js'
import { type CliIo, writeJson, writeLines, writeNotes } from '../terminal/io.js'
import { counted, type TableOptions, writeTable } from '../terminal/table.js'

/** The error by which models are ranked: on test rows, by cross-validation, or on workloads left out. */
export const ranks = ['mae', 'cv', 'workload'] as const
export type Rank = (typeof ranks)[number]

/** The metadata keys of each rank; the first that a model has is used, since not all data has several workloads. */
const keysOf: Readonly<Record<Rank, readonly string[]>> = {
  mae: ['mae'],
  cv: ['cv_mae', 'mae'],
  workload: ['workload_mae', 'cv_mae', 'mae'],
}

export interface ReportOptions extends TableOptions {
  readonly rankBy: Rank
  readonly all?: boolean
  readonly json?: boolean
}

/** Reports the best model of each source, output type, feature group and node type, or all of them. */
export function writeTrainReport(io: CliIo, pipeline: TrainedPipeline, options: ReportOptions): void {
  const { rankBy, all, json } = options
  const groups = new Map<string, PlacedModel[]>()
  for (const placed of pipeline.models) {
    const key = `${placed.folder} ${placed.model.metadata.node_type}`
    groups.set(key, [...(groups.get(key) ?? []), placed])
  }
  const sorted = [...groups.values()].map((models) => models.toSorted((a, b) => rankOf(a, rankBy) - rankOf(b, rankBy)))
  warnOfOverfitting(
    io,
    sorted.map((models) => models[0]!),
  )
  if (json) {
    writeJson(io.stdout, {
      pipeline: pipeline.name,
      folder: pipeline.folder,
      zip: pipeline.zip,
      rank_by: rankBy,
      best: sorted.map((models) => asJson(models[0]!)),
      models: pipeline.models.map(asJson),
      failures: pipeline.failures,
    })
    return
  }
  const shown = all ? sorted.flat() : sorted.map((models) => models[0]!)
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
    ],
    shown.map(({ set, model: { name, metadata } }) => [
      set.source,
      set.outputType,
      set.group,
      name,
      ...['mae', 'mape', 'cv_mae', 'cv_mape', 'workload_mae'].map((key) => decimal(metadata[key])),
      decimal(zeroLoad(metadata.zero_load)),
    ]),
    options,
  )
  writeNotes(io, [
    '',
    'MAE in watts, MAPE in percent, of the worst component: on a shuffled tenth of',
    'the rows, with blocks of time left out (CV), with whole workloads left out.',
    'ZERO LOAD: the watts that the model predicts without usage.',
    '',
    `${counted(pipeline.models.length, 'model')} written to ${pipeline.folder} and ${pipeline.zip}`,
  ])
}

/** Writes what could not be trained to stderr. */
export function warnOfFailures(io: CliIo, failures: readonly { readonly what: string; readonly why: string }[]): void {
  writeLines(
    io.stderr,
    failures.map(({ what, why }) => `warning: ${what}: ${why}`),
  )
}

/** A model overfits when its cross-validated error is this many times its `mae`, and a watt more. */
const overfittingRatio = 5

/** Warns of the best models that overfit: a server, which ranks by `mae`, would choose them. */
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
  if (lines.length > 0) lines.push('Train on more and more varied data, leave the trainer out, or see --rank-by cv.')
  writeLines(io.stderr, lines)
}

const right = { align: 'right' } as const

function rankOf({ model }: PlacedModel, rank: Rank): number {
  for (const key of keysOf[rank]) {
    const value = model.metadata[key]
    if (typeof value === 'number' && value >= 0) return value
  }
  return Number.POSITIVE_INFINITY
}

function asJson({ folder, model }: PlacedModel) {
  return { path: `${folder}/${model.name}`, model_name: model.name, features: model.features, ...model.metadata }
}

function decimal(value: unknown): string {
  return typeof value === 'number' && value >= 0 ? value.toFixed(2) : '-'
}

/** The zero-load watts of the package or the platform, which are the first keys. */
function zeroLoad(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.values(value)[0] : undefined
}
