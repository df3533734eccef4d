import type { PlacedModel } from '../../train/pipeline-files.js'
import type { TrainedPipeline } from '../../train/train-pipeline.js'
import { type CliIo, writeJson, writeLines } from '../terminal/io.js'
import { writeTable } from '../terminal/table.js'

/** What decides which model is the best of its group. */
export const ranks = ['mae', 'cv', 'workload'] as const
export type Rank = (typeof ranks)[number]

/** The figures of each rank, the first that a model has: not all data tells workloads apart. */
const keysOf: Readonly<Record<Rank, readonly string[]>> = {
  mae: ['mae'],
  cv: ['cv_mae', 'mae'],
  workload: ['workload_mae', 'cv_mae', 'mae'],
}

export interface ReportOptions {
  readonly rankBy: Rank
  readonly all?: boolean
  readonly json?: boolean
}

/** Says what was trained: the best model of each source, output type, group and node type, or all of them. */
export function writeTrainReport(io: CliIo, pipeline: TrainedPipeline, { rankBy, all, json }: ReportOptions): void {
  const groups = new Map<string, PlacedModel[]>()
  for (const placed of pipeline.models) {
    const key = `${placed.folder} ${placed.model.metadata.node_type}`
    groups.set(key, [...(groups.get(key) ?? []), placed])
  }
  const sorted = [...groups.values()].map((models) => models.toSorted((a, b) => rankOf(a, rankBy) - rankOf(b, rankBy)))
  warnOfFlattered(
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
      ...['MAE', 'MAPE', 'CV MAE', 'CV MAPE', 'WORKLOAD MAE', 'ZERO LOAD'].map((title) => ({
        title,
        align: 'right' as const,
      })),
    ],
    shown.map(({ set, model: { name, metadata } }) => [
      set.source,
      set.outputType,
      set.group,
      name,
      ...['mae', 'mape', 'cv_mae', 'cv_mape', 'workload_mae'].map((key) => figure(metadata[key])),
      figure(zeroLoad(metadata.zero_load)),
    ]),
  )
  writeLines(io.stdout, [
    '',
    'MAE in watts, MAPE in percent: on a shuffled tenth of the rows, with blocks of time left out (CV), and with whole',
    'workloads left out; the worst component each. ZERO LOAD: watts that the model gives for no usage at all.',
    '',
    `${pipeline.models.length} models written to ${pipeline.folder} and ${pipeline.zip}`,
  ])
}

/** What went wrong, on stderr: it has cost nothing else. */
export function warnOfFailures(io: CliIo, failures: readonly { readonly what: string; readonly why: string }[]): void {
  writeLines(
    io.stderr,
    failures.map(({ what, why }) => `warning: ${what}: ${why}`),
  )
}

/** So many times worse on rows that it did not see, and a watt, and a model is said to be flattered by its `mae`. */
const flattering = 5

/** Says which of the best are good only on neighbours of what they have seen: a server would choose them all the same. */
function warnOfFlattered(io: CliIo, best: readonly PlacedModel[]): void {
  const lines = best.flatMap(({ folder, model: { name, metadata } }) => {
    const [mae, unseen] = [
      Number(metadata.mae),
      Math.max(Number(metadata.cv_mae ?? 0), Number(metadata.workload_mae ?? 0)),
    ]
    if (!(unseen > flattering * mae + 1)) return []
    return [
      `warning: ${folder}/${name}: ${figure(mae)} W off on its test rows, but ${figure(unseen)} W on what it had not seen`,
    ]
  })
  if (lines.length > 0) lines.push('Train on more and more varied data, leave the trainer out, or see --rank-by cv.')
  writeLines(io.stderr, lines)
}

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

function figure(value: unknown): string {
  return typeof value === 'number' && value >= 0 ? value.toFixed(2) : '-'
}

/** Of the package or the platform, which stand first. */
function zeroLoad(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.values(value)[0] : undefined
}
