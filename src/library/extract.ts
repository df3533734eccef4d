import type { EnergySource } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import { type FeatureGroup, featuresOf } from '../core/feature-group.js'
import { expectKnownOptions } from '../core/known-options.js'
import type { OutputType } from '../core/output-type.js'
import type { Extraction, ExtractorName } from '../extract/extractor.js'
import { extractorNamed } from '../extract/extractors.js'
import { findings } from '../extract/findings.js'
import { vocabularyFor } from '../extract/vocabulary-for.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { vocabularyNamed } from '../vocabulary/vocabularies.js'

export interface ExtractOptions {
  /** Whose power. @default 'rapl-sysfs' */
  readonly source?: EnergySource
  /** `AbsPower`: a row a timestamp; `DynPower`: a row a timestamp and container, for isolators. @default 'AbsPower' */
  readonly outputType?: OutputType
  /** @default the group that the response's version of Kepler offers */
  readonly featureGroup?: FeatureGroup
  /** Features by name, instead of a group. */
  readonly features?: readonly string[]
  /** Metrics that are features by their own name. */
  readonly thirdParty?: readonly string[]
  /** How rows are made: as measured, or smoothed. @default 'default' */
  readonly extractor?: ExtractorName
  /** Processes of a virtual machine instead of containers of a node. @default false */
  readonly vm?: boolean
  /** The `job` label of the Kepler inside the virtual machine. @default 'vm' */
  readonly vmJob?: string
  /** The node type of all rows, instead of what the response says. */
  readonly nodeType?: number
  /** Which Kepler to take where the response has several. */
  readonly instance?: string
  /** What metrics are called: `kepler-0.7` or `kepler-0.10`. @default found from their names */
  readonly vocabulary?: string
}

const names = [
  'source',
  'outputType',
  'featureGroup',
  'features',
  'thirdParty',
  'extractor',
  'vm',
  'vmJob',
  'nodeType',
  'instance',
  'vocabulary',
] as const

/**
 * Makes a dataset of a response: usage per second beside watts, on one clock.
 *
 * @throws ModelError `INVALID_DATA` that names the metric when there is none, `INVALID_REQUEST` for wrong options
 */
export function extract(response: PrometheusResponse, options: ExtractOptions = {}): Extraction {
  expectKnownOptions('extract', options, names)
  const { source = 'rapl-sysfs', outputType = 'AbsPower', extractor = 'default' } = options
  const { featureGroup, features, vocabulary: named, thirdParty = [], ...rest } = options
  if (features !== undefined && featureGroup !== undefined) {
    throw new ModelError('INVALID_REQUEST', 'extract takes features or featureGroup, not both', { field: 'features' })
  }
  const vocabulary = named === undefined ? vocabularyFor(response, {}, findings()) : vocabularyNamed(named)
  return extractorNamed(extractor).extract(response, {
    ...rest,
    source,
    outputType,
    thirdParty,
    features: features ?? featuresOf(featureGroup ?? vocabulary.defaultGroup, thirdParty),
    ...(named !== undefined && { vocabulary }),
  })
}
