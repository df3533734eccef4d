import { messageOf, ModelError } from '../../core/errors.js'
import { outputTypes } from '../../core/output-type.js'
import type { ExtractRequest } from '../../extract/extractor.js'
import { extractorNamed } from '../../extract/extractors.js'
import { measuredSources } from '../../extract/measured-sources.js'
import { type Measurements, selecting } from '../../extract/measurements.js'
import type { Isolator } from '../../isolate/isolator.js'
import { type IsolationSplit, isolationSplit } from '../../plot/data/isolation-split.js'
import type { PrometheusResponse } from '../../prometheus/response.js'
import type { Pipeline } from '../../registry/pipeline.js'
import type { ReportData, ReportDataset } from '../../report/sections/data.js'
import { buildTrainingSets } from '../../train/build-training-sets.js'
import { vocabularyNamed } from '../../vocabulary/vocabularies.js'
import { readInput } from '../inputs/response-input.js'
import { energySourceOf, metersFor, splitNames } from '../options/extract-options.js'
import { isolatorOf } from '../options/isolate-options.js'
import type { PlotContext } from './plot-options.js'
import { preprocessedFiles, preprocessedName, readPreprocessed } from './preprocessed-data.js'

/** A response that is read, and what can be made of it. */
export interface ReportMeasurements {
  readonly response: PrometheusResponse
  readonly data: ReportData
  readonly splits: readonly (IsolationSplit | { readonly source: string; readonly why: string })[]
}

const mostDatasets = 60

/** Reads a saved response and makes every dataset that models could be trained on. */
export async function reportMeasurements(
  context: PlotContext,
  path: string,
  measurements: Measurements,
): Promise<ReportMeasurements> {
  const { io, config, options } = context
  const response = await readInput(io, path, { tolerant: true, ...selecting(measurements) })
  const vocabulary = options.vocabulary === undefined ? undefined : vocabularyNamed(options.vocabulary)
  const mode = options.vmTrain ? 'vm' : 'container'
  const meters = metersFor(measurements.meters, options.energySource)
  const isolators = new Map<string, Isolator | Error>()
  const extractor = extractorNamed(options.extractor)
  const request: Omit<ExtractRequest, 'features' | 'source' | 'outputType'> = {
    meters,
    machineLabels: measurements.machineLabels,
    identity: measurements.identity,
    vm: options.vmTrain ?? false,
    vmJob: config.VM_JOB_NAME,
    ...(options.instance !== undefined && { instance: options.instance }),
    ...(vocabulary && { vocabulary }),
  }
  const isolatorOfSource = (source: string) => {
    const isolator = isolators.get(source)
    if (isolator === undefined || isolator instanceof Error) throw isolator ?? new Error(`no isolator for ${source}`)
    return isolator
  }
  try {
    const sources =
      options.energySource === undefined
        ? measuredSources(response, { mode, vocabulary })
        : splitNames(options.energySource).map(energySourceOf)
    for (const source of sources) isolators.set(source, await isolatorOrError(context, source))
    const { preprocessed, findings, failures } = buildTrainingSets(response, {
      ...request,
      sources,
      outputTypes,
      extractor,
      isolator: isolatorOfSource,
    })
    const datasets = preprocessed.flatMap(({ fileName, dataset }): readonly ReportDataset[] => {
      const named = preprocessedName(fileName)
      return named === undefined ? [] : [{ ...named, dataset }]
    })
    const splits = sources.flatMap((source): ReportMeasurements['splits'] => {
      const node = datasets.find((one) => one.source === source && one.outputType === 'AbsPower')
      if (node === undefined) return []
      try {
        const isolator = isolatorOfSource(source)
        if (!isolator.needsContainers) return [isolationSplit(isolator, node.dataset)]
        const features = node.dataset.features.map(({ name }) => name)
        const containers = extractor.extract(response, { ...request, features, source, outputType: 'DynPower' })
        return [isolationSplit(isolator, containers.dataset)]
      } catch (error) {
        return [{ source, why: messageOf(error) }]
      }
    })
    return { response, data: { datasets, findings, failures }, splits }
  } catch (error) {
    // That nothing can be trained on the data is what the report has to say.
    if (!(error instanceof ModelError && error.code === 'INVALID_DATA')) throw error
    return {
      response,
      data: { datasets: [], findings: [], failures: [{ what: path, why: error.message }] },
      splits: [],
    }
  }
}

/** The datasets that a pipeline folder keeps. */
export async function keptData(pipeline: Pipeline): Promise<ReportData> {
  const datasets: ReportDataset[] = []
  const failures: { what: string; why: string }[] = []
  for (const file of preprocessedFiles(pipeline).slice(0, mostDatasets)) {
    try {
      const { dataset } = await readPreprocessed(pipeline, file)
      datasets.push({ source: file.source, outputType: file.outputType, featureGroup: file.featureGroup, dataset })
    } catch (error) {
      failures.push({ what: file.path, why: messageOf(error) })
    }
  }
  return { datasets, findings: undefined, failures }
}

async function isolatorOrError({ io, config, options }: PlotContext, source: string): Promise<Isolator | Error> {
  try {
    return await isolatorOf(io, config, options, source)
  } catch (error) {
    if (options.isolator !== 'auto') throw error
    return error instanceof Error ? error : new Error(messageOf(error))
  }
}
