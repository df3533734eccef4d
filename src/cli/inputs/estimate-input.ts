import type { Config } from '../../config/config.js'
import type { EnergySource } from '../../core/energy-source.js'
import { ModelError } from '../../core/errors.js'
import { allFeatures } from '../../core/feature-group.js'
import type { OutputType } from '../../core/output-type.js'
import type { Dataset } from '../../extract/dataset.js'
import type { Extractor, ExtractorName } from '../../extract/extractor.js'
import { extractorNamed } from '../../extract/extractors.js'
import type { Finding } from '../../extract/findings.js'
import { type Measurements, selecting } from '../../extract/measurements.js'
import type { Isolator } from '../../isolate/isolator.js'
import { measuredFor } from '../../isolate/measured-for.js'
import type { PrometheusResponse } from '../../prometheus/response.js'
import { measurementSettings } from '../../service/measurement-settings.js'
import { nameIn } from '../../vocabulary/feature-aliases.js'
import { energySourceOf } from '../options/extract-options.js'
import { type IsolateOptions, isolatorOf } from '../options/isolate-options.js'
import type { CliIo } from '../terminal/io.js'
import { datasetNames, inputFile, responseNames } from './data-files.js'
import { readDataset } from './dataset-input.js'
import { readInput } from './response-input.js'

/** The measurements that models are evaluated on. */
export interface EstimateInput {
  readonly path: string
  /** The source and output type of a dataset file; `undefined` for a response, which has all of them. */
  readonly meaning: { readonly source: EnergySource; readonly outputType: OutputType } | undefined
  /** @throws ModelError `INVALID_DATA` when there is no such dataset */
  dataset(features: readonly string[], source: EnergySource, outputType: OutputType): Promise<Dataset>
  /** What was wrong with the data of the datasets that were made so far. */
  findings(): readonly Finding[]
}

interface EstimateInputOptions {
  readonly dataPath: string
  readonly name: string
  /** The energy source of a dataset file, which does not say it. */
  readonly source: EnergySource
  readonly outputType: OutputType
  readonly extractor: Extractor
  readonly isolator: (source: EnergySource) => Promise<Isolator>
  readonly vm: boolean
  readonly vmJob: string
  readonly measurements: Measurements
}

/** The options of a command that evaluates models. */
export interface EstimateChoice extends IsolateOptions {
  readonly energySource?: string
  readonly outputType?: OutputType
  readonly extractor: ExtractorName
  readonly vmTrain?: boolean
}

/**
 * The measurements that `--input` names, as the options of the command want them.
 *
 * @throws ModelError `INVALID_REQUEST` when no such file is there
 */
export async function chosenInput(
  io: CliIo,
  config: Config,
  choice: EstimateChoice,
  name: string,
): Promise<EstimateInput> {
  return openEstimateInput(io, {
    dataPath: config.DATAPATH,
    name,
    source: energySourceOf(choice.energySource ?? ''),
    outputType: choice.outputType ?? 'AbsPower',
    extractor: extractorNamed(choice.extractor),
    isolator: (source) => isolatorOf(io, config, choice, source),
    vm: choice.vmTrain ?? false,
    vmJob: config.VM_JOB_NAME,
    measurements: await measurementSettings(config),
  })
}

/**
 * Opens what `--input` names: a saved response (`.json`, `.gz`) or a dataset (`.csv`); without an ending the response of
 * that name, else `extracted_<name>.csv`.
 *
 * @throws ModelError `INVALID_REQUEST` when no such file is there
 */
async function openEstimateInput(io: CliIo, options: EstimateInputOptions): Promise<EstimateInput> {
  const path = measuredFile(options.dataPath, options.name)
  return path.endsWith('.csv') ? datasetInput(path, options) : responseInput(io, path, options)
}

/** The saved response or dataset that a name means. @throws ModelError `INVALID_REQUEST` that says where was looked */
export function measuredFile(dataPath: string, name: string): string {
  if (/\.(?:json|gz)$/.test(name)) return inputFile(dataPath, name)
  const names = [...responseNames(name), ...datasetNames(name, 'extracted')]
  return inputFile(dataPath, name, name.endsWith('.csv') ? datasetNames(name) : names)
}

async function datasetInput(
  path: string,
  { source, outputType }: Pick<EstimateInputOptions, 'source' | 'outputType'>,
): Promise<EstimateInput> {
  const meaning = { source, outputType }
  const dataset = await readDataset(path, meaning)
  return {
    path,
    meaning,
    async dataset(features) {
      const missing = features.filter(
        (feature) => nameIn(feature, (wanted) => dataset.features.some(({ name }) => name === wanted)) === undefined,
      )
      if (missing.length === 0) return dataset
      throw new ModelError('INVALID_DATA', `${path} has no ${missing.join(', ')}`)
    },
    findings: () => [],
  }
}

async function responseInput(io: CliIo, path: string, options: EstimateInputOptions): Promise<EstimateInput> {
  const { extractor, isolator, vm, vmJob, measurements } = options
  const { machineLabels, identity, meters } = measurements
  const response: PrometheusResponse = await readInput(io, path, selecting(measurements))
  const known = new Map<string, Promise<Dataset>>()
  const found = new Map<string, Finding>()
  const note = (findings: readonly Finding[]) => {
    for (const finding of findings) found.set(`${finding.kind} ${finding.metric}`, finding)
  }
  const make = async (features: readonly string[], source: EnergySource, outputType: OutputType) => {
    const request = {
      ...{ features, source, vm, vmJob, machineLabels, identity, meters },
      thirdParty: features.filter((feature) => !allFeatures.includes(feature)),
    }
    if (outputType === 'AbsPower') {
      const { dataset, findings } = extractor.extract(response, { ...request, outputType })
      note(findings)
      return dataset
    }
    const chosen = await isolator(source)
    const { measured, findings } = measuredFor(chosen, extractor, response, request)
    note(findings)
    const isolation = chosen.isolate(measured)
    note(isolation.findings)
    return isolation.dataset
  }
  return {
    path,
    meaning: undefined,
    dataset(features, source, outputType) {
      const key = [source, outputType, ...features].join(' ')
      const dataset = known.get(key) ?? make(features, source, outputType)
      known.set(key, dataset)
      return dataset
    },
    findings: () => [...found.values()],
  }
}
