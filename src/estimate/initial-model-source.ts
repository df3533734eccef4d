import { withOtherNames } from '../vocabulary/feature-aliases.js'
import { type ArchiveReader, archiveReader } from './archive-reader.js'
import type { EnergySource } from '../core/energy-source.js'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { covers } from '../core/feature-group.js'
import type { MachineSpec } from '../core/machine-spec.js'
import type { OutputType } from '../core/output-type.js'
import type { Clock, Logger } from '../runtime/ports.js'
import { parseNodeTypeIndex } from '../machine/node-type-index.js'
import { parseFilter } from '../selection/filter.js'
import { metadataNumbersOf } from '../registry/metadata-numbers.js'
import { type LoadedModel, loadedModel, type ModelQuery, type ModelSource } from './model-source.js'

/** Fetches a URL, from disk where it was fetched before and the network is away. */
export type FetchBytes = (url: string, signal: AbortSignal) => Promise<Uint8Array>

export interface InitialModelOptions {
  /** The archive's URL for a source and output type, `undefined` where there is none. */
  readonly urlFor: (source: EnergySource, outputType: OutputType) => string | undefined
  readonly fetchBytes: FetchBytes
  readonly log: Logger
  readonly clock: Clock
  readonly read?: ArchiveReader
}

/** The model at the URL that the operator, or the default, names for a source and output type. */
export function initialModelSource(options: InitialModelOptions): ModelSource {
  const { urlFor, fetchBytes, log, clock, read = archiveReader() } = options
  return {
    name: 'initial model',
    async load(query, signal) {
      const url = urlFor(query.source, query.outputType)
      if (!url) throw new ModelError('NO_MODEL', `no URL is known for ${query.outputType} of ${query.source}`)
      const found = read(await fetchBytes(url, signal))
      const { metadata } = found.archive
      const nodeType = metadata.node_type ?? Number(metadata.model_name.split('_').pop())
      const model = loadedModel(found, {
        ...placeOf(url),
        machineSpec: metadata.machine_spec ? undefined : await specBeside(url, nodeType, signal),
        loadedFrom: url,
        loadedAt: clock(),
      })
      expectFit(model, query)
      return model
    },
  }

  /** `<pipeline>/node_type_index.json`; without it there is a model all the same, only no core ratio. */
  async function specBeside(url: string, nodeType: number, signal: AbortSignal): Promise<MachineSpec | undefined> {
    const indexUrl = new URL('../../../node_type_index.json', url).href
    try {
      const index = parseNodeTypeIndex(Buffer.from(await fetchBytes(indexUrl, signal)).toString('utf8'))
      return index.find(({ id }) => id === nodeType)?.spec
    } catch (error) {
      log.info({ url: indexUrl, error: messageOf(error) }, 'the model comes without the machine it was trained on')
      return undefined
    }
  }
}

/** `…/<pipeline>/<source>/<output type>/<feature group>/<model>.zip` */
function placeOf(url: string): { pipeline?: string; featureGroup?: string } {
  const parts = new URL(url).pathname.split('/').map(decodeURIComponent)
  const [pipeline, , outputType, featureGroup] = parts.slice(-5)
  return outputType?.endsWith('Power') ? { ...(pipeline && { pipeline }), ...(featureGroup && { featureGroup }) } : {}
}

/** @throws ModelError `NO_MODEL` saying what the request wants and the model is not */
function expectFit({ archive, provenance }: LoadedModel, { metrics, trainerName, filter }: ModelQuery): void {
  const { model_name: name, trainer } = provenance
  const { features } = archive.model
  if (!covers(withOtherNames(metrics), features)) {
    const missing = features.filter((feature) => !metrics.includes(feature))
    throw new ModelError('NO_MODEL', `${name} needs ${missing.join(', ')}, which the request does not have`)
  }
  if (trainerName !== '' && trainer !== trainerName) {
    throw new ModelError('NO_MODEL', `${name} was not made by ${quote(trainerName)}`)
  }
  if (!parseFilter(filter)({ features, numbers: metadataNumbersOf(archive.metadata, (keys) => keys) })) {
    throw new ModelError('NO_MODEL', `${name} does not pass the filter ${quote(filter)}`)
  }
}
