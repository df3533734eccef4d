import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MachineSpec } from '../core/machine-spec.js'
import { wholeNumbers } from '../machine/spec.js'
import type { TrainerName } from '../regression/trainers.js'
import type { Clock } from '../runtime/ports.js'
import type { Preprocessed } from './build-training-sets.js'
import { modelFiles, type PipelineFiles, type PlacedModel, placeOf, preprocessedFiles } from './pipeline-files.js'
import { type RunOptions, runTasks } from './run-tasks.js'
import { planTasks } from './tasks.js'
import type { TrainingSet } from './training-set.js'
import { checkOutput, writePipeline } from './write-pipeline.js'

/** What to train. */
export interface TrainRequest extends RunOptions {
  readonly sets: readonly TrainingSet[]
  readonly absTrainers: readonly TrainerName[]
  readonly dynTrainers: readonly TrainerName[]
  /** @default 0 */
  readonly seed?: number
  /** Also cross-validate, which takes several fits. @default true */
  readonly crossValidation?: boolean
  /** Specs and ids of the machines by node type, for models and `node_type_index.json`. */
  readonly machines?: ReadonlyMap<number, { readonly spec: MachineSpec; readonly members: readonly string[] }>
}

export interface PipelineRequest extends TrainRequest {
  /** A name, never a path. */
  readonly name: string
  /** Folder that the pipeline's folder and zip go into. */
  readonly parent: string
  readonly preprocessed: readonly Preprocessed[]
  readonly isolator: string
  readonly extractor: string
  /** The options of the training run, for `train_arguments.json`. */
  readonly arguments?: Readonly<Record<string, unknown>>
  /** More keys for the pipeline's `metadata.json`, e.g. that it is a demonstration. */
  readonly description?: Readonly<Record<string, unknown>>
  readonly clock: Clock
}

export interface TrainedModels {
  readonly models: readonly PlacedModel[]
  readonly failures: readonly { readonly what: string; readonly why: string }[]
}

export interface TrainedPipeline extends TrainedModels {
  readonly name: string
  readonly folder: string
  readonly zip: string
}

/**
 * Trains and writes a pipeline. A trainer that fails is in `failures` and affects no other model.
 *
 * @throws ModelError `INVALID_CONFIG` before the training when the folder cannot be written, `UNAVAILABLE` when that fails
 *   after it, `CANCELLED` (nothing is written then)
 */
export async function trainPipeline(request: PipelineRequest): Promise<TrainedPipeline> {
  await checkOutput(request.parent, request.name)
  const { models, failures } = await trainModels(request)
  return { name: request.name, ...(await savePipeline(request, models)), models, failures }
}

/** Trains every set by every trainer of its output type, in memory. @throws ModelError `CANCELLED` */
export async function trainModels(request: TrainRequest): Promise<TrainedModels> {
  const { sets, seed = 0, crossValidation = true, machines } = request
  const specOf = (nodeType: number) => {
    const spec = machines?.get(nodeType)?.spec
    return spec && wholeNumbers(spec)
  }
  const tasks = planTasks(sets, { ...request, seed, crossValidation, specOf })
  const results = await runTasks(tasks, request)
  const models = results.flatMap((result): PlacedModel[] =>
    'model' in result ? [{ folder: placeOf(result.task.set), set: result.task.set, model: result.model }] : [],
  )
  const failures = results.flatMap((result) =>
    'failure' in result
      ? [
          {
            what: `${placeOf(result.task.set)}/${result.task.trainer}_${result.task.set.nodeType}`,
            why: result.failure,
          },
        ]
      : [],
  )
  return { models, failures }
}

/** Writes models as a pipeline. @throws ModelError `CANCELLED`, `UNAVAILABLE` when the folder cannot be written */
export async function savePipeline(
  request: PipelineRequest,
  models: readonly PlacedModel[],
): Promise<{ readonly folder: string; readonly zip: string }> {
  const files = new Map([
    ...(await descriptions(request)),
    ...preprocessedFiles(request.preprocessed),
    ...modelFiles(models),
  ])
  return writePipeline(request.parent, request.name, files, request.signal)
}

/** `metadata.json`, `node_type_index.json` and `train_arguments.json`; node types that are there already stay. */
async function descriptions(request: PipelineRequest): Promise<PipelineFiles> {
  const { name, parent, extractor, isolator, absTrainers, dynTrainers, description, clock } = request
  const before = await readJson(join(parent, name, 'metadata.json'))
  const index = await readJson(join(parent, name, 'node_type_index.json'))
  for (const { nodeType } of request.sets) {
    const machine = request.machines?.get(nodeType)
    const known = index[nodeType]
    if (machine) {
      const members = [...new Set([...membersOf(known), ...machine.members])]
      index[nodeType] = { attrs: wholeNumbers(machine.spec), members }
    } else if (known === undefined) index[nodeType] = { attrs: {}, members: [] }
  }
  const now = timeText(clock())
  const metadata = {
    name,
    isolator,
    extractor,
    abs_trainers: absTrainers,
    dyn_trainers: dynTrainers,
    init_time: before.init_time ?? now,
    last_update_time: now,
    seed: request.seed ?? 0,
    ...description,
  }
  return new Map([
    ['metadata.json', json(metadata)],
    ['node_type_index.json', json(index)],
    ['train_arguments.json', json(request.arguments ?? {})],
  ])
}

/** Machines that were measured before stay. */
function membersOf(type: unknown): readonly unknown[] {
  const isType = typeof type === 'object' && type !== null && 'members' in type
  return isType && Array.isArray(type.members) ? type.members : []
}

/** The object in a file, empty where there is none or it is damaged: it will be written anew. */
async function readJson(path: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** `2024-08-14 07:11:03`, as the field writes times. */
function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')
}
