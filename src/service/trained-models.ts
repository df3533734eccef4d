import { basename } from 'node:path'
import type { Config } from '../config/config.js'
import type { Component, EnergySource } from '../core/energy-source.js'
import { ModelError, messageOf } from '../core/errors.js'
import { isNodeOsFeature, nodeOsFeatures } from '../core/feature-group.js'
import { modelServerSource } from '../estimate/model-server-source.js'
import type { LoadedModel, ModelSource } from '../estimate/model-source.js'
import { selectorSource } from '../estimate/selector-source.js'
import type { ModelAccuracy, PowerProvenance, PowerSource } from '../meter/power-source.js'
import { type TrainedZones, trainedPowerSource } from '../meter/trained-source.js'
import type { Zone } from '../meter/zone.js'
import { createNetwork } from '../net/network.js'
import { pipelineAt } from '../registry/find-pipelines.js'
import { loadPipeline } from '../registry/load-pipeline.js'
import { createModelSelector } from '../selection/create-model-selector.js'
import { thisMachine } from './machine.js'
import { networkSettings } from './network-settings.js'

/** Models of the feature group NodeOS for this machine, wherever the settings say that they are. */
export interface TrainedModels {
  /** For messages. */
  readonly name: string
  /** @throws ModelError `NO_MODEL` when there is none for this machine, `UNAVAILABLE` when nobody answers */
  load(signal: AbortSignal): Promise<PowerSource>
  close(): Promise<void>
}

/** The energy sources whose models make zones, the zones of each. */
const energySources: readonly EnergySource[] = ['rapl-sysfs', 'acpi']
const zoneOf: Readonly<Partial<Record<Component, Zone>>> = {
  package: 'package',
  core: 'core',
  uncore: 'uncore',
  dram: 'dram',
  platform: 'psys',
}

/** Where trained models come from, `undefined` where no setting names a place. */
export async function trainedModels(config: Config): Promise<TrainedModels | undefined> {
  const { METER_PIPELINE: pipeline, METER_MODEL_SERVER: server } = config
  if (pipeline !== undefined) {
    return { name: pipeline, load: (signal) => fromPipeline(pipeline, config, signal), close: async () => undefined }
  }
  if (server === undefined) return undefined
  const network = createNetwork(await networkSettings(config))
  const source = modelServerSource({ url: server, network, machineSpec: thisMachine(config).spec, clock: Date.now })
  return { name: server, load: (signal) => sourceOf(source, signal), close: () => network.close() }
}

/** The file is opened each time: it may be another one now. */
async function fromPipeline(path: string, config: Config, signal: AbortSignal): Promise<PowerSource> {
  const name = basename(path).replace(/\.zip$/i, '')
  const pipeline = await loadPipeline(pipelineAt(path, name), { signal })
  try {
    // It is the only one: none is preferred.
    const preference = { defaults: {}, local: '' }
    const { use, ...selector } = createModelSelector({ preference, errorKey: config.ERROR_KEY })
    use([pipeline])
    const machineSpec = thisMachine(config).spec
    return await sourceOf(selectorSource({ selector, machineSpec, clock: Date.now, name: path }), signal)
  } finally {
    pipeline.store.close()
  }
}

async function sourceOf(models: ModelSource, signal: AbortSignal): Promise<PowerSource> {
  const loaded: LoadedModel[] = []
  const why: ModelError[] = []
  for (const source of energySources) {
    try {
      loaded.push(await loadNodeOs(models, source, signal))
    } catch (error) {
      if (!(error instanceof ModelError) || error.code !== 'NO_MODEL') throw error
      why.push(error)
    }
  }
  const [first] = loaded
  if (first === undefined) {
    throw new ModelError('NO_MODEL', `no model of NodeOS for this machine: ${why.map(messageOf).join('; ')}`)
  }
  return trainedPowerSource(loaded.map(zonesOf), provenanceOf(loaded, first))
}

async function loadNodeOs(models: ModelSource, source: EnergySource, signal: AbortSignal): Promise<LoadedModel> {
  const metrics = [...nodeOsFeatures]
  const model = await models.load({ source, outputType: 'AbsPower', metrics, trainerName: '', filter: '' }, signal)
  const { provenance } = model
  // A model server may have one model for all machines, too; the meter has a better one of these itself.
  if (provenance.match?.how !== 'universal' && provenance.features.every(isNodeOsFeature)) return model
  throw new ModelError('NO_MODEL', `${models.name} has no trained model of ${source}`)
}

function zonesOf({ archive, provenance: { features } }: LoadedModel): TrainedZones {
  const components = archive.components.flatMap((component) => {
    const zone = zoneOf[component]
    return zone === undefined ? [] : [{ component, zone }]
  })
  return {
    zones: components.map(({ zone }) => zone),
    features,
    estimate(rows) {
      const { powers, intervals, outside } = archive.estimate(features, rows)
      return {
        zones: components.map(({ component, zone }) => {
          const watts = powers[component] ?? []
          const { lower = watts, upper = watts } = intervals[component] ?? {}
          return { zone, watts, low: lower, high: upper }
        }),
        outside: new Set(outside.map(({ row }) => row)),
      }
    },
  }
}

function provenanceOf(loaded: readonly LoadedModel[], first: LoadedModel): PowerProvenance {
  const error = accuracyOf(first)
  const names = loaded.map(({ provenance: { pipeline, model_name: name } }) => `${pipeline ?? ''}/${name}`)
  return {
    kind: 'trained',
    model: [...new Set(names)].join(' and '),
    ...(error && { error }),
    calibrationPoints: 0,
    share: { fraction: 1, origin: 'as in its training' },
    assumptions: loaded.flatMap(({ provenance: { model_name: name, match } }) =>
      match?.how === 'fallback' ? [`this machine is like those that ${name} was trained on`] : [],
    ),
  }
}

/** The error on left-out workloads, else on left-out blocks of time: never that of shuffled rows. */
function accuracyOf({ archive: { metadata } }: LoadedModel): ModelAccuracy | undefined {
  for (const metric of ['workload_mape', 'cv_mape']) {
    const value = metadata[metric]
    if (typeof value === 'number' && value >= 0) return { metric, value }
  }
  return undefined
}
