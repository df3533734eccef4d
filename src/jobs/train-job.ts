import { createReadStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import type { EnergySource } from '../core/energy-source.js'
import { errorIn, ModelError, messageOf } from '../core/errors.js'
import { outputTypes } from '../core/output-type.js'
import { extractorNamed } from '../extract/extractors.js'
import { type Measurements, meterMetrics, selecting } from '../extract/measurements.js'
import type { Isolator } from '../isolate/isolator.js'
import { isolatorNamed } from '../isolate/isolators.js'
import { profileIdle } from '../isolate/profiler.js'
import { expectSelected } from '../prometheus/expect-selected.js'
import { readResponse } from '../prometheus/read.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { collectGarbage } from '../runtime/collect-garbage.js'
import { type BuiltTrainingSets, buildTrainingSets, type TrainingSetOptions } from '../train/build-training-sets.js'
import { trainPipeline } from '../train/train-pipeline.js'
import { isTrainingMetric } from '../vocabulary/vocabularies.js'
import { backgroundModels, type ModelFolder } from './background-models.js'
import type { Job, JobProgress } from './job.js'
import type { ByteRange } from './json-envelope.js'
import { trainersIn } from './train-request.js'

/** The input of a training process; plain data, since it is sent to another process. */
export interface TrainJob {
  readonly job: Pick<Job, 'request' | 'parts'>
  readonly requestPath: string
  readonly workPath: string
  readonly resultPath: string
  /** Worker threads; 0 takes all processors. */
  readonly threads: number
  /** Of the Kepler in a virtual machine. */
  readonly vmJob: string
  /** Whose measurements count, and by which meter. */
  readonly measurements: Measurements
  readonly models: ModelFolder
  readonly now: number
}

export interface TrainJobEvents {
  progress(progress: JobProgress): void
  log(line: string): void
}

/** Samples of one response at most: 16 bytes each in memory. */
const maxSamples = 60_000_000

/**
 * Trains what a request asks for and leaves the pipeline's zip at `resultPath`.
 *
 * @returns the best model of each source, output type and feature group
 * @throws ModelError that says what is wrong with the request, or with its data
 */
export async function trainJob(job: TrainJob, events: TrainJobEvents): Promise<NonNullable<Job['scores']>> {
  const { progress, log } = events
  const { request } = job.job
  const { trainer } = request
  const built = await trainingSetsOf(job, events)
  // Before threads begin to need memory.
  collectGarbage()
  for (const { kind, metric, count, effect } of built.findings) log(`${metric}: ${kind} (${count}): ${effect}`)
  for (const note of built.notes) log(note)
  for (const { what, why } of built.failures) log(`${what}: ${why}`)
  const pipeline = await trainPipeline({
    ...built,
    name: request.name,
    parent: job.workPath,
    absTrainers: trainersIn(trainer.abs_trainers),
    dynTrainers: trainersIn(trainer.dyn_trainers),
    isolator: trainer.isolator,
    extractor: 'default',
    seed: request.seed,
    crossValidation: request.cross_validation,
    ...(job.threads > 0 && { threads: job.threads }),
    arguments: request,
    clock: () => job.now,
    onProgress: (done, total, name) => progress({ stage: `trained ${name}`, done, total }),
  })
  const failures = pipeline.failures.map(({ what, why }) => `${what}: ${why}`)
  for (const failure of failures) log(failure)
  if (pipeline.models.length === 0) {
    throw new ModelError('INVALID_DATA', `nothing could be trained: ${failures[0]}`)
  }
  await rename(pipeline.zip, job.resultPath)
  return bestOf(pipeline.models.map(({ folder, model }) => ({ folder, name: model.name, ...errorsOf(model.metadata) })))
}

/** What models are trained on. The responses are read here and nowhere kept. */
async function trainingSetsOf(job: TrainJob, { progress, log }: TrainJobEvents): Promise<BuiltTrainingSets> {
  const { request, parts } = job.job
  const mode = request.use_vm_metrics ? 'vm' : 'container'
  // An idle profile is made from the node's metrics, also when processes of a virtual machine are trained on.
  const metered = meterMetrics(job.measurements.meters)
  const wants = (metric: string) =>
    metered.has(metric) || isTrainingMetric(metric, mode) || isTrainingMetric(metric, 'container')
  const read = async (range: ByteRange, stage: string) => {
    const total = range.end - range.start
    return within(stage, async () => {
      const bytes = createReadStream(job.requestPath, {
        start: range.start,
        end: range.end - 1,
        highWaterMark: 1 << 20,
      })
      const onProgress = (done: number) => progress({ stage: `reading ${stage}`, done, total })
      const options = { wants, maxSamples, tolerant: true, onProgress, ...selecting(job.measurements) }
      return expectSelected(await readResponse(bytes, options))
    })
  }
  const response = await read(parts.response, 'prom_response')
  log(`prom_response: ${response.samples} samples of ${response.metrics.size} metrics`)
  const idle = parts.idle && (await read(parts.idle, 'trainer.idle_prom_response'))
  const isolators = await isolatorsOf(job, idle, log)
  progress({ stage: 'extracting', done: 0, total: 0 })
  const { target_hints: targetHints, bg_hints: bgHints } = request.trainer.isolator_args
  const options: TrainingSetOptions = {
    sources: request.energy_source,
    outputTypes,
    extractor: extractorNamed('default'),
    isolator(source) {
      const isolator = isolators.get(source)
      if (isolator === undefined || isolator instanceof Error) throw isolator
      return isolator
    },
    vm: request.use_vm_metrics,
    vmJob: job.vmJob,
    machineLabels: job.measurements.machineLabels,
    identity: job.measurements.identity,
    meters: job.measurements.meters,
    background: { ...(targetHints && { targetHints }), ...(bgHints && { bgHints }) },
  }
  return within('prom_response', async () => buildTrainingSets(response, options))
}

async function isolatorOf(
  { job, models, measurements, vmJob }: TrainJob,
  source: EnergySource,
  idle: PrometheusResponse | undefined,
  log: TrainJobEvents['log'],
): Promise<Isolator> {
  const { isolator, isolator_args: given } = job.request.trainer
  const rule = {
    ...(given.target_hints && { targetHints: given.target_hints }),
    ...(given.bg_hints && { bgHints: given.bg_hints }),
  }
  return isolatorNamed(isolator, {
    rule,
    hasProfile: idle !== undefined,
    async profile() {
      if (idle === undefined) {
        const field = 'trainer.idle_prom_response'
        throw new ModelError('INVALID_REQUEST', `ProfileBackgroundIsolator needs ${field}`, { field })
      }
      const { profile, findings } = await within('trainer.idle_prom_response', async () =>
        profileIdle(idle, { ...measurements, vmJob }),
      )
      for (const { kind, metric, count } of findings) log(`trainer.idle_prom_response: ${metric}: ${kind} (${count})`)
      return profile
    },
    models: () =>
      within('trainer.isolator_args.abs_pipeline_name', () =>
        backgroundModels(models, source, given.abs_pipeline_name),
      ),
  })
}

/** One isolator per source, or the error of a source that has none. @throws the first error when no source has one */
async function isolatorsOf(job: TrainJob, idle: PrometheusResponse | undefined, log: TrainJobEvents['log']) {
  const isolators = new Map<EnergySource, Isolator | Error>()
  for (const source of job.job.request.energy_source) {
    const isolator = await isolatorOf(job, source, idle, log).catch((error: unknown) =>
      error instanceof Error ? error : new Error(messageOf(error)),
    )
    isolators.set(source, isolator)
  }
  const errors = [...isolators.values()].filter((isolator) => isolator instanceof Error)
  if (errors.length === isolators.size) throw errors[0]
  return isolators
}

async function within<T>(field: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    throw errorIn(field, error, field)
  }
}

function errorsOf({ mae, mape }: Readonly<Record<string, unknown>>) {
  return { mae: typeof mae === 'number' ? mae : -1, mape: typeof mape === 'number' ? mape : -1 }
}

function bestOf(models: readonly { folder: string; name: string; mae: number; mape: number }[]) {
  const best = new Map<string, { model: string; mae: number; mape: number }>()
  for (const { folder, name, mae, mape } of [...models].sort((a, b) => a.mae - b.mae)) {
    if (!best.has(folder)) best.set(folder, { model: `${folder}/${name}`, mae, mape })
  }
  return [...best.values()].sort((a, b) => (a.model < b.model ? -1 : 1))
}
