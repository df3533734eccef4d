import { LRUCache } from 'lru-cache'
import type { EnergySource } from '../../core/energy-source.js'
import { ModelError, quote } from '../../core/errors.js'
import { anyNodeType, formatModelName } from '../../core/model-name.js'
import { type OutputType, outputTypes } from '../../core/output-type.js'
import { metadataNumber, metadataRecord } from '../../registry/metadata-numbers.js'
import type { MachinePower, MachinePowers } from '../../universal/machine-powers.js'
import type { BestModels, BestModelsQuery } from '../best-models-query.js'
import { parseFilter } from '../filter.js'
import type { ModelRequest } from '../model-request.js'
import type { PipelineStatus, ServedModel, WeightModel } from '../model-selector.js'
import { type AskedMachine, machineOfSpec, type OwnMachine } from './machine-of-spec.js'
import {
  curveTrainer,
  lineTrainer,
  type MadeModel,
  makeModel,
  universalErrorKeys,
  universalSources,
  type WantedModel,
} from './made-model.js'
import { weightsOf } from './power-model-of-machine.js'
import { type UsageFeature, usageFeatureIn, usageFeatures } from './usage-features.js'

/** The pipeline of models that are made for the machine that is asked about. */
export interface UniversalModels {
  readonly name: string
  readonly sources: readonly EnergySource[]
  /** Errors that its models can be ranked by. */
  readonly errorKeys: readonly string[]
  /**
   * The model of the machine of a request; `undefined` when it has none for the metrics, trainer or filter.
   *
   * @throws ModelError `INVALID_REQUEST` for what no machine has
   */
  find(request: ModelRequest): ServedModel | undefined
  /** The first condition of a request that leaves none of its models, for people. */
  whyNone(request: ModelRequest): string
  /** Of this machine. */
  bestModels(query: BestModelsQuery): BestModels
  /** Of this machine, once the model was asked for anything. */
  weightModels(): readonly WeightModel[]
  status(): PipelineStatus
  /** The power of the machine that this program runs on. */
  ownPower(): MachinePower
}

export interface UniversalModelsOptions {
  readonly powers: MachinePowers
  /** The machine that this program runs on. */
  readonly own: () => OwnMachine
  /** The error that goes with weights, and that a model must have. */
  readonly errorKey: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

const universalPipeline = 'universal'
const mostKept = 512

export function createUniversalModels({ powers, own, errorKey, startedAt }: UniversalModelsOptions): UniversalModels {
  const kept = new LRUCache<string, MadeModel>({ max: mostKept })

  function made(asked: AskedMachine, wanted: Omit<WantedModel, 'errorKey'>): MadeModel {
    const { question, of, spec } = asked
    const key = JSON.stringify([question, of, spec, wanted])
    const before = kept.get(key)
    if (before) return before
    const model = makeModel(powers.powerOf(question), asked, { ...wanted, errorKey })
    kept.set(key, model)
    return model
  }

  /** Whether the model of this machine passes a filter. */
  function passes(filter: string, source: EnergySource, outputType: OutputType, feature: UsageFeature): boolean {
    if (filter === '') return true
    const { numbers } = made(machineOfSpec({}, own), { source, outputType, feature, form: 'curve archive' })
    return parseFilter(filter)({ features: [feature.name], numbers })
  }

  return {
    name: universalPipeline,
    sources: universalSources,
    errorKeys: universalErrorKeys,
    ownPower: () => powers.powerOf(own().question),

    find(request) {
      const { source, outputType, filter } = request
      const feature = usageFeatureIn(request.metrics)
      const form = formOf(request)
      if (!universalSources.includes(source) || !feature || !form) return undefined
      if (request.nodeType >= 0 && !request.looseNodeType) return undefined
      const asked = machineOfSpec(request.machineSpec, own)
      const model = namingFields(() => made(asked, { source, outputType, feature, form }))
      const { numbers, name, trainer, machineSpec, known } = model
      const error = metadataNumber(numbers, errorKey)
      if (error === undefined || !parseFilter(filter)({ features: [feature.name], numbers })) return undefined
      return {
        body: model.body(request.withoutMachineSpec === true),
        contentType: form === 'weights' ? 'application/json' : 'application/zip',
        fileName: form === 'weights' ? `${name}.json` : `${name}.zip`,
        selection: {
          pipeline: universalPipeline,
          source,
          outputType,
          featureGroup: feature.group,
          modelName: name,
          trainer,
          nodeType: anyNodeType,
          machineSpec,
          errorKey,
          error,
          match: { how: 'universal', nodeType: anyNodeType, known, machine: asked.of },
        },
      }
    },

    whyNone(request) {
      const { source, metrics, filter, nodeType, looseNodeType, trainerName } = request
      if (!universalSources.includes(source)) return `${universalPipeline} has no models for ${source}`
      if (!usageFeatureIn(metrics)) {
        return `${universalPipeline} needs one of the metrics ${usageFeatures.map(({ name }) => name).join(', ')}`
      }
      if (!formOf(request)) return `${universalPipeline} has no models of trainer ${quote(trainerName)}`
      if (nodeType >= 0 && !looseNodeType) return `${universalPipeline} has no node types, and loose_node_type is false`
      return filter === ''
        ? `models of ${universalPipeline} have no ${errorKey}, by which this server ranks (ERROR_KEY)`
        : `filter ${quote(filter)} rejects the models of ${universalPipeline}`
    },

    bestModels({ source, outputType, featureGroup, nodeType, filter }) {
      const name = formatModelName({ trainer: curveTrainer, nodeType: anyNodeType })
      const groupsOf = (type: OutputType) =>
        usageFeatures
          .filter(({ group }) => nodeType < 0 && (featureGroup ?? group) === group)
          .filter((feature) => passes(filter, source, type, feature))
          .map(({ group }) => [group, name] as const)
      const types = outputTypes.filter((type) => (outputType ?? type) === type)
      return Object.fromEntries(types.map((type) => [type, Object.fromEntries(groupsOf(type))]))
    },

    weightModels() {
      // Whoever only scrapes metrics does not wait for the model.
      if (!powers.isOpen()) return []
      const asked = machineOfSpec({}, own)
      const feature = usageFeatures[0]!
      return universalSources.flatMap((source) =>
        outputTypes.map((outputType): WeightModel => {
          const { name, trainer, numbers, model } = made(asked, { source, outputType, feature, form: 'weights' })
          return {
            pipeline: universalPipeline,
            source,
            outputType,
            featureGroup: feature.group,
            modelName: name,
            trainer,
            nodeType: anyNodeType,
            weights: weightsOf(model),
            errors: metadataRecord(numbers),
          }
        }),
      )
    },

    status: () => ({
      name: universalPipeline,
      origin: 'this package',
      sources: universalSources,
      // A curve and a line of each source and output type.
      models: 2 * universalSources.length * outputTypes.length,
      damaged: 0,
      nodeTypes: 0,
      loadedAt: startedAt,
    }),
  }
}

/** The line for Kepler and the original's Python, and for who asks for its trainer; else the curve. */
function formOf({ weight, forOriginal, trainerName }: ModelRequest): WantedModel['form'] | undefined {
  if (trainerName !== '' && trainerName !== curveTrainer && trainerName !== lineTrainer) return undefined
  if (weight) return 'weights'
  return forOriginal || trainerName === lineTrainer ? 'line archive' : 'curve archive'
}

/** Fields of a description as the spec of a request has them. */
const specFields: Readonly<Record<string, string>> = { threads: 'cores', megahertz: 'frequency' }

function namingFields<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== 'INVALID_REQUEST' || error.field === undefined) throw error
    const field = `machine_spec.${specFields[error.field] ?? error.field}`
    throw new ModelError(error.code, `${field}: ${error.message}`, { field, cause: error })
  }
}
