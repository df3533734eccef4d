/**
 * Trains on a saved response, judges by time that was held out, keeps the models as a pipeline, and predicts with the
 * best of them, with intervals:
 *
 *     npx tsx examples/train.ts prom_response.json my-pipeline
 */
import {
  crossValidate,
  extract,
  loadPipeline,
  type ModelArchive,
  readResponse,
  type TrainerName,
  trainPipeline,
} from 'kepler-model-server'
import { whenRun } from './run.js'

export interface Judged {
  readonly trainer: TrainerName
  /** Mean absolute error in watts of package power, on blocks of time that the model had not seen. */
  readonly mae: number
}

const trainers = ['LinearRegressionTrainer', 'XgboostFitTrainer', 'QuantileForestRegressorTrainer'] as const

/** The trainers by their error on held-out time, the best first. */
export async function judge(path: string): Promise<readonly Judged[]> {
  const { dataset } = extract(await readResponse(path), { featureGroup: 'BPFOnly' })
  return trainers
    .map((trainer): Judged => {
      const { components } = crossValidate(dataset, trainer, { by: 'time', folds: 4 })
      return { trainer, mae: components.find(({ component }) => component === 'package')?.mae ?? Number.NaN }
    })
    .sort((a, b) => a.mae - b.mae)
}

/** Trains a pipeline into a folder, whose last part is its name; and the best model for who measures CPU time and page cache. */
export async function trainTo(folder: string, path: string): Promise<ModelArchive> {
  const trained = await trainPipeline(await readResponse(path), {
    sources: ['rapl-sysfs'],
    outputTypes: ['AbsPower'],
    featureGroups: ['BPFOnly', 'Basic'],
    trainers,
  })
  const saved = await trained.save(folder)
  const pipeline = await loadPipeline(saved.zip)
  try {
    return pipeline.best({ metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'], outputType: 'AbsPower' }).archive
  } finally {
    pipeline.close()
  }
}

await whenRun(import.meta.url, async ([path, folder]) => {
  if (path === undefined || folder === undefined) {
    process.stdout.write('say what to train on and where to: train.ts prom_response.json my-pipeline\n')
    return
  }
  for (const { trainer, mae } of await judge(path)) process.stdout.write(`${trainer}: ${mae.toFixed(2)} W\n`)
  const archive = await trainTo(folder, path)
  const { powers, intervals, coverage } = archive.estimate(['bpf_cpu_time_ms', 'bpf_page_cache_hit'], [[8000, 400]])
  const { lower = [], upper = [] } = intervals.package ?? {}
  const [watts, from, to] = [powers.package?.[0], lower[0], upper[0]].map((value) => value?.toFixed(1))
  process.stdout.write(
    `${archive.model.name}: ${watts} W, ${100 * coverage} % of measurements from ${from} to ${to} W\n`,
  )
})
