import type { EnergySource } from '../core/energy-source.js'
import type { OutputType } from '../core/output-type.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import type { MetricVocabulary } from '../vocabulary/metric-vocabulary.js'
import type { ContainerRows } from './container-rows.js'
import type { Dataset } from './dataset.js'
import type { Finding } from './findings.js'
import type { IdentityRule } from './identity/identity-rule.js'
import type { Meter } from './meter.js'

/** What to make of a response. */
export interface ExtractRequest {
  /** Feature names, e.g. those of a feature group. */
  readonly features: readonly string[]
  readonly source: EnergySource
  readonly outputType: OutputType
  /** Processes of a virtual machine instead of containers of a node. @default false */
  readonly vm?: boolean
  /** The `job` label of the Kepler inside the virtual machine. @default 'vm' */
  readonly vmJob?: string
  /** Features that are metrics of other exporters, see `parseThirdParty`. */
  readonly thirdParty?: readonly string[]
  /** Overrides what `kepler_node_node_info` says. */
  readonly nodeType?: number
  /** Which machine to take where the response has several, by any of the labels that tell them apart. */
  readonly instance?: string
  /** Labels that tell machines apart, besides those that everybody uses. */
  readonly machineLabels?: readonly string[]
  /** How other exporters name machines. */
  readonly identity?: readonly IdentityRule[]
  /** Meters that measure the energy of their source, instead of Kepler. */
  readonly meters?: readonly Meter[]
  /** What metrics are called. @default found from their names */
  readonly vocabulary?: MetricVocabulary
}

export interface Extraction {
  readonly dataset: Dataset
  /** What was wrong with the data and what was done about it. */
  readonly findings: readonly Finding[]
  /** How often each target was scraped, as the samples tell. */
  readonly scrapes: readonly ScrapeReport[]
}

/** How often a target was scraped, and asked for. */
export interface ScrapeReport {
  /** `instance (job …)`, as Prometheus names it. */
  readonly target: string
  /** Usual seconds between scrapes; NaN with fewer than two. */
  readonly interval: number
  /** Seconds between the times of the query; 0 where samples stand at the times of their scrapes. */
  readonly step: number
}

/** An {@link Extraction} of rows per container that are not laid out as a table. */
export interface ContainerExtraction extends Omit<Extraction, 'dataset'> {
  readonly rows: ContainerRows
}

/** A way from series to a dataset. Both throw ModelError `INVALID_DATA` that names the metric when there is none. */
export interface Extractor {
  readonly name: ExtractorName
  extract(response: PrometheusResponse, request: ExtractRequest): Extraction
  /** What `extract` gives for `DynPower`, container by container: for who adds them up. */
  containers(response: PrometheusResponse, request: Omit<ExtractRequest, 'outputType'>): ContainerExtraction
}

export const extractorNames = ['default', 'smooth'] as const
export type ExtractorName = (typeof extractorNames)[number]
