import { type Component, componentsOf, isEnergySource } from '../core/energy-source.js'
import { type FeatureGroup, featuresOf } from '../core/feature-group.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import type { MetricVocabulary, UsageMode } from '../vocabulary/metric-vocabulary.js'
import { type EnergySeries, energyIn, sourcesIn } from './energy.js'
import { findings } from './findings.js'
import { inspectResponse, type MetricReport } from './inspect.js'
import { featuresIn, metricsOfFeature } from './usage-series.js'
import { vocabularyFor } from './vocabulary-for.js'

export interface GroupReport {
  readonly group: FeatureGroup
  /** Metrics that the group needs and the response has no series of. */
  readonly missing: readonly string[]
}

export interface SourceReport {
  /** As `core` names it, or as the label has it where nobody knows it. */
  readonly source: string
  readonly components: readonly Component[]
  /** Components that such a source usually has, and the response does not. */
  readonly missing: readonly Component[]
}

export interface ValidationReport {
  readonly metrics: readonly MetricReport[]
  readonly groups: readonly GroupReport[]
  /** Sources of which the response has any energy. */
  readonly sources: readonly SourceReport[]
  /** What the metrics are called: the version of Kepler. */
  readonly vocabulary: string
  /** Other versions whose metrics are in the response, too. */
  readonly otherVocabularies: readonly string[]
  /** Kepler instances that were scraped. */
  readonly exporters: readonly string[]
  /** Whether a dataset can be made of at least one group and one source. */
  readonly usable: boolean
}

export interface ValidateRequest {
  readonly vm?: boolean
  readonly thirdParty?: readonly string[]
  /** @default found from the names of the metrics */
  readonly vocabulary?: MetricVocabulary
}

/** What a response has and lacks for training, and what is wrong with its samples. Never throws for what it finds. */
export function validateResponse(response: PrometheusResponse, request: ValidateRequest = {}): ValidationReport {
  const { vm = false, thirdParty = [] } = request
  const mode: UsageMode = vm ? 'vm' : 'container'
  const found = findings()
  const vocabulary = vocabularyFor(response, request, found)
  const measured = new Set(featuresIn(response, vocabulary, mode, thirdParty))
  const groups = vocabulary.groups
    .filter((group) => group !== 'ThirdParty' || thirdParty.length > 0)
    .map((group) => ({
      group,
      missing: featuresOf(group, thirdParty)
        .filter((feature) => !measured.has(feature))
        .map((feature) => metricsOfFeature(feature, vocabulary, mode, thirdParty)[0] ?? feature),
    }))
  const energy = energyIn(response, vocabulary, mode)
  const sources = [...sourcesIn(energy)].map(([source, components]) => ({
    source,
    components: [...components],
    missing: isEnergySource(source) ? componentsOf(source).filter((component) => !components.has(component)) : [],
  }))
  return {
    metrics: inspectResponse(response),
    groups,
    sources,
    vocabulary: vocabulary.name,
    otherVocabularies: found.list().map(({ metric }) => metric),
    exporters: exportersIn(energy),
    usable: groups.some(({ missing }) => missing.length === 0) && sources.some(({ source }) => isEnergySource(source)),
  }
}

function exportersIn(energy: readonly EnergySeries[]): readonly string[] {
  const found = new Set<string>()
  for (const { series } of energy) {
    const { exported_instance, instance, job } = series.labels
    found.add(`${exported_instance ?? instance ?? '?'} (job ${job ?? '?'})`)
  }
  return [...found].sort()
}
